import type { Event, Instance, InstanceStatus } from '@diecast/model';
import type { Store } from '@diecast/store';

/** The machines of a service right after one event, as the event log tells them: nothing between two looks is missed. */
export type Moment = { readonly at: Date; readonly machines: readonly TellableInstance[] };
export type TellableInstance = Pick<Instance, 'id' | 'service' | 'iteration' | 'healthy' | 'host'> & {
  readonly status: InstanceStatus;
};

const PAGE = 500;

/** Every event after the given one, in order. */
export async function eventsAfter(store: Store, after: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  for (let last = after; ;) {
    const page = await store.events.after(last, { limit: PAGE });
    events.push(...page);
    const newest = page.at(-1);
    if (newest === undefined || page.length < PAGE) return events;
    last = newest.id;
  }
}

/** How the service's machines changed since `after`, from what they were then. */
export async function momentsAfter(
  store: Store,
  service: string,
  after: string,
  before: readonly TellableInstance[],
): Promise<readonly Moment[]> {
  const machines = new Map(before.map((machine) => [machine.id, machine]));
  const moments: Moment[] = [];
  for (const event of await eventsAfter(store, after)) {
    if (event.type !== 'instance.changed') continue;
    const machine = event.data as unknown as TellableInstance;
    if (machine.service !== service) continue;
    machines.set(machine.id, machine);
    moments.push({ at: event.at, machines: [...machines.values()] });
  }
  return moments;
}

export const serving = ({ machines }: Moment): readonly TellableInstance[] =>
  machines.filter(({ status, healthy }) => status === 'available' && healthy);
export const existing = ({ machines }: Moment): readonly TellableInstance[] =>
  machines.filter(({ status }) => status !== 'discontinued' && status !== 'failed');
