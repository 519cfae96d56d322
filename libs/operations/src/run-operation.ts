import { isOperationOver, type Operation } from '@diecast/model';
import type { EffectGuard, OperationLog } from './definition.js';
import { HeldLease, isLeaseLost, thisMoment } from './held-lease.js';
import type { Limits, OperationJournal } from './journal.js';
import type { Registry } from './registry.js';
import { Run, type RunEnd } from './run.js';

export type RunDeps<Services> = {
  readonly journal: OperationJournal;
  readonly registry: Registry<Services>;
  /** What one attempt of a step works with. Nothing of it has an effect that did not pass the guard. */
  readonly services: (guard: EffectGuard) => Services;
  /** Unique to this run of this program, e.g. host name, pid and a random part. */
  readonly holder: string;
  readonly log: (operation: Operation) => OperationLog;
  /** How long a worker that fell silent keeps an operation, and no call to a host lasts longer. Default 30 s. */
  readonly leaseMs?: number;
  readonly limits?: Limits;
};

const DEFAULT_LEASE_MS = 30_000;

/**
 * Carries one operation as far as it gets. Safe to call for any id, any number of times, from any number of workers:
 * the lease decides.
 * @param shutdown aborted when this worker must go; then it returns within 5 s
 */
export async function runOperation<Services>(
  id: string,
  deps: RunDeps<Services>,
  shutdown: AbortSignal,
): Promise<RunEnd> {
  const found = await deps.journal.find(id);
  if (!found || isOperationOver(found.status) || shutdown.aborted) return 'nothing';
  const definition = deps.registry.definition(found.kind);
  const log = deps.log(found);
  const ttlMs = deps.leaseMs ?? DEFAULT_LEASE_MS;

  const askedAt = thisMoment();
  const { holder, limits = {} } = deps;
  const acquired = await deps.journal.acquire(id, { holder, ttlMs, limits });
  if (acquired.got === 'waiting' || acquired.got === 'full') {
    log.debug({ ...acquired }, 'Waits for its turn.');
    return 'waiting';
  }
  if (acquired.got !== 'lease') return 'nothing';

  const held = new HeldLease(acquired.lease, askedAt, { journal: deps.journal, ttlMs, log });
  if (acquired.operation.cancelRequested) held.noteCancelRequested();
  const keeping = held.keep();
  try {
    const { journal, services } = deps;
    const parts = { journal, services, definition, limits, logger: log, shutdown };
    return await new Run(parts, acquired, held).toItsEnd();
  } catch (error) {
    if (!isLeaseLost(error)) throw error;
    log.warn({}, 'Another worker has it now; this one stops without a trace.');
    return 'leaseLost';
  } finally {
    held.stop();
    await keeping;
  }
}
