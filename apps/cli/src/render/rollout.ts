import type { EventView, InstanceView, NoteView, OperationView, RolloutView } from '../api/views.js';
import { bar } from './operation.js';
import { align } from './table.js';
import { machineName, secondsBetween } from './words.js';

/** What a person sees a machine pass through. */
export type Phase =
  | 'waiting'
  | 'assembling'
  | 'assembled'
  | 'unhealthy'
  | 'healthy'
  | 'in traffic'
  | 'draining'
  | 'standby'
  | 'gone'
  | 'failed';

type Seen = Pick<
  InstanceView,
  'id' | 'service' | 'iteration' | 'host' | 'status' | 'statusReason' | 'healthy' | 'inTraffic'
>;

export function phaseOf({
  status,
  healthy,
  inTraffic,
}: Pick<Seen, 'status' | 'healthy' | 'inTraffic'>): Phase {
  switch (status) {
    case 'pending':
      return 'waiting';
    case 'assembling':
      return 'assembling';
    case 'validating':
      return 'assembled';
    case 'available':
      if (inTraffic) return 'in traffic';
      return healthy ? 'healthy' : 'unhealthy';
    case 'draining':
      return 'draining';
    case 'standby':
      return 'standby';
    case 'discontinued':
      return 'gone';
    default:
      return 'failed';
  }
}

type Passed = { readonly phase: Phase; readonly at: string };

export type WatchedMachine = {
  readonly seen: Seen;
  /** In order; the last one is how it is. */
  readonly passed: readonly Passed[];
};

export type Head = Pick<
  RolloutView,
  | 'service'
  | 'number'
  | 'fromIteration'
  | 'toIteration'
  | 'status'
  | 'statusReason'
  | 'operationId'
  | 'stage'
  | 'pausedAt'
  | 'promotions'
>;

/** A rollout as far as it was seen. A value: every event makes the next one. */
export type Watch = {
  readonly head: Head;
  readonly startedAt: string;
  readonly machines: ReadonlyMap<string, WatchedMachine>;
  readonly progress: OperationView['progress'] | null;
  readonly note: string | null;
};

/** What changed, for people who read a log. */
export type Step = { readonly watch: Watch; readonly news: readonly string[] };

export const startWatch = (rollout: RolloutView): Watch => ({
  head: rollout,
  startedAt: rollout.startedAt,
  machines: new Map(),
  progress: null,
  note: null,
});

/** After a look at the world, as one does before the first event. @param at ISO 8601, when it was looked at */
export function withSight(
  watch: Watch,
  rollout: RolloutView,
  instances: readonly InstanceView[],
  at: string,
): Step {
  return instances.reduce<Step>((step, instance) => joined(step, withMachine(step.watch, instance, at)), {
    watch: { ...watch, head: rollout },
    news: [],
  });
}

const joined = (one: Step, other: Step): Step => ({ watch: other.watch, news: [...one.news, ...other.news] });

/** What does not concern this rollout changes nothing. */
export function withEvent(watch: Watch, { type, at, data }: Pick<EventView, 'type' | 'at' | 'data'>): Step {
  switch (type) {
    case 'instance.changed': {
      const machine = data as unknown as Seen;
      return machine.service === watch.head.service ? withMachine(watch, machine, at) : nothingNew(watch);
    }
    case 'rollout.changed': {
      const head = data as unknown as Head;
      return isThisOne(watch, head) ? withHead(watch, head, at) : nothingNew(watch);
    }
    case 'rollout.note': {
      const note = data as unknown as NoteView & Pick<Head, 'service' | 'number'>;
      return isThisOne(watch, note) ? withNote(watch, note) : nothingNew(watch);
    }
    case 'operation.changed': {
      const { id, progress } = data as unknown as Pick<OperationView, 'id' | 'progress'>;
      return nothingNew(id === watch.head.operationId ? { ...watch, progress } : watch);
    }
    default:
      return nothingNew(watch);
  }
}

/** Where it stands now is news, once. */
function withHead(watch: Watch, head: Head, at: string): Step {
  const stands = standing(head);
  const isNews = stands !== null && stands !== standing(watch.head);
  return {
    watch: { ...watch, head },
    news: isNews ? [`${clock(watch.startedAt, at)}  ${stands}`] : [],
  };
}

/** What a person waits for, or what waits for a person; null: machines are made and take over. */
function standing({ service, status, stage, pausedAt, promotions }: Head): string | null {
  if (status !== 'running') return null;
  if (pausedAt !== null) return `paused: diecast rollout resume ${service}`;
  const isPromoted = stage !== null && promotions > stage.promotions;
  switch (stage?.name) {
    case 'canary':
      return `canary: step ${stage.step + 1}${isPromoted ? ' is promoted' : ` is watched; to go on at once: diecast rollout promote ${service}`}`;
    case 'preview':
      return isPromoted
        ? 'preview: the new set is promoted'
        : `preview: the new set waits for you: diecast rollout promote ${service}`;
    case 'bake':
      return 'bake: all requests are served, and the gates are watched';
    case 'retire':
      return 'retire: what was replaced leaves';
    default:
      return null;
  }
}

const nothingNew = (watch: Watch): Step => ({ watch, news: [] });

const isThisOne = ({ head }: Watch, other: Pick<Head, 'service' | 'number'>): boolean =>
  other.service === head.service && other.number === head.number;

function withMachine(watch: Watch, seen: Seen, at: string): Step {
  const before = watch.machines.get(seen.id);
  const phase = phaseOf(seen);
  const isNew = before?.passed.at(-1)?.phase !== phase;
  const passed = isNew ? [...(before?.passed ?? []), { phase, at }] : (before?.passed ?? []);
  const machines = new Map(watch.machines).set(seen.id, { seen, passed });
  return { watch: { ...watch, machines }, news: isNew ? [machineNews(watch, seen, { phase, at })] : [] };
}

function machineNews({ startedAt }: Watch, seen: Seen, { phase, at }: Passed): string {
  const why = phase === 'failed' && seen.statusReason !== null ? `: ${seen.statusReason}` : '';
  return `${clock(startedAt, at)}  ${machineName(seen)}  ${seen.host ?? '-'}  ${phase}${why}`;
}

function withNote(watch: Watch, { at, action, instanceId, reason }: NoteView): Step {
  const seen = instanceId === undefined ? undefined : watch.machines.get(instanceId)?.seen;
  const about =
    instanceId === undefined ? '' : ` ${seen === undefined ? instanceId.slice(-8) : machineName(seen)}`;
  const note = `${action}${about}: ${reason}`;
  return { watch: { ...watch, note }, news: [`${clock(watch.startedAt, at)}  ${note}`] };
}

/** `  +12.3s` since the rollout began. */
const clock = (startedAt: string, at: string): string =>
  `+${secondsBetween(startedAt, at).toFixed(1)}s`.padStart(8);

export const isRunning = ({ head }: Watch): boolean => head.status === 'running';

export const headLine = ({ service, number, fromIteration, toIteration }: Head): string =>
  `Rollout ${number} of ${service}: ${fromIteration === null ? '' : `iteration ${fromIteration} → `}iteration ${toIteration}`;

/** For a terminal: the rollout, one line per machine, oldest iteration first, and the last decision with its reason. */
export function watchLines({ head, machines, progress, note, startedAt }: Watch): readonly string[] {
  const stands = standing(head);
  const sorted = [...machines.values()].toSorted((one, other) => one.seen.iteration - other.seen.iteration);
  const rows = sorted.map(({ seen, passed }) => [
    machineName(seen),
    seen.host ?? '-',
    passed.map(({ phase, at }) => `${phase} ${secondsBetween(startedAt, at).toFixed(1)}s`).join(' › '),
  ]);
  return [
    headLine(head),
    ...(stands === null ? [] : [stands]),
    ...(progress === null ? [] : [`${bar(progress.percent)}  ${progress.message}`]),
    ...align(rows).map((line) => `  ${line}`),
    ...(note === null ? [] : [note]),
  ];
}

/** How it ended, and what follows from it. */
export function outcomeLines({
  service,
  number,
  status,
  statusReason,
  toIteration,
}: Head): readonly string[] {
  const why = statusReason === null ? '.' : `: ${statusReason}`;
  switch (status) {
    case 'succeeded':
      return [`Rollout ${number} of ${service} succeeded: all machines are of iteration ${toIteration}.`];
    case 'rolledBack':
      return [
        `Rollout ${number} of ${service} is rolled back${why}`,
        `  Another rollout takes it back: diecast rollout watch ${service}`,
      ];
    case 'superseded':
      return [
        `Rollout ${number} of ${service} is superseded${why}`,
        `  What came in its place: diecast rollout watch ${service}`,
      ];
    default:
      return [`Rollout ${number} of ${service} ${status}${why}`];
  }
}
