import type { Instance } from '@diecast/model';
import type { Store } from '@diecast/store';
import { busyIds } from './open-work.js';

/** So long after a move its agent may not be connected yet. */
const ARRIVAL_MS = 15_000;

type Arrival = { readonly generation: number; readonly atMs: number };

/**
 * Which machines have moved a moment ago, or do now. While the guest agent's connection moves along with a machine, that it
 * does not answer is no sign of illness. What was seen is remembered here; the time is performance.now().
 */
export class MovingMachines {
  readonly #arrivals = new Map<string, Arrival>();

  constructor(private readonly store: Pick<Store, 'instances' | 'operations'>) {}

  /** Whether nothing can be said of a machine whose agent did not answer when it was as given. */
  async excuses({ id, generation }: Instance, nowMs: number): Promise<boolean> {
    const known = this.#arrivals.get(id) ?? { generation, atMs: -Infinity };
    const now = await this.store.instances.require(id);
    const arrival = now.generation > known.generation ? { generation: now.generation, atMs: nowMs } : known;
    this.#arrivals.set(id, arrival);
    if (nowMs - arrival.atMs < ARRIVAL_MS) return true;
    const open = await this.store.operations.open();
    return busyIds(open.filter(({ kind, status }) => kind === 'instance.migrate' && status !== 'stuck')).has(
      id,
    );
  }

  /** It answers: it has arrived. */
  settled({ id, generation }: Instance): void {
    this.#arrivals.set(id, { generation, atMs: -Infinity });
  }

  forgetOthers(ids: ReadonlySet<string>): void {
    for (const id of this.#arrivals.keys()) if (!ids.has(id)) this.#arrivals.delete(id);
  }
}
