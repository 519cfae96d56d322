import { AppError, type Operation, type Rollout } from '@diecast/model';
import type { Store } from '@diecast/store';
import { requireService } from './services.js';

/**
 * The rollout that somebody wants to steer.
 * @throws AppError `not_found` without the service, `conflict` when none of its rollouts runs
 */
async function requireRunning(store: Store, name: string): Promise<Rollout> {
  await requireService(store, name);
  const running = await store.rollouts.running(name);
  if (running !== undefined) return running;
  const { items } = await store.rollouts.list(name, { limit: 1 });
  const [last] = items;
  const past = last === undefined ? 'it had none yet' : `the last one, ${last.number}, is ${last.status}`;
  throw new AppError('conflict', `No rollout of service ${name} is running: ${past}.`);
}

/** Nothing is cast, replaced or switched until it is resumed; one that is paused already stays so. */
export async function pauseRollout(store: Store, name: string): Promise<Rollout> {
  const { number } = await requireRunning(store, name);
  return store.rollouts.pause(name, number);
}

/** It goes on; the time that it stood still counts for no deadline. One that is not paused just goes on. */
export async function resumeRollout(store: Store, name: string): Promise<Rollout> {
  const { number } = await requireRunning(store, name);
  return store.rollouts.resume(name, number);
}

/** @throws AppError `conflict` when it does not wait for anybody, saying what it does instead */
export async function promoteRollout(store: Store, name: string): Promise<Rollout> {
  const rollout = await requireRunning(store, name);
  if (rollout.stage?.name === 'preview' || rollout.stage?.name === 'canary')
    return store.rollouts.promote(name, rollout.number);
  throw new AppError(
    'conflict',
    `Rollout ${rollout.number} of service ${name} waits for nobody: ${deedOf(rollout)}.`,
  );
}

function deedOf({ stage }: Rollout): string {
  switch (stage?.name) {
    case 'bake':
      return 'all requests go to the new machines already, and it watches its gates (stage bake)';
    case 'retire':
      return 'it has proved good, and what it replaced leaves (stage retire)';
    default:
      return 'it is casting machines (stage cast)';
  }
}

export type Aborted = {
  /** As it ended. */
  readonly rollout: Rollout;
  /** Of the rollout that takes the service back; null: there was nothing to go back to, and what serves stays. */
  readonly operation: Operation | null;
};

/**
 * Ends the running rollout, and takes the service back to the last known-good iteration, in one transaction.
 * @throws AppError `conflict` when it brings the service to a known-good iteration itself, as a rollback does
 */
export function abortRollout(store: Store, name: string, by: string): Promise<Aborted> {
  return store.transaction(async (inside) => {
    const { number, toIteration } = await requireRunning(inside, name);
    const target = await inside.services.iteration(name, toIteration);
    if (target.knownGoodAt !== null)
      throw new AppError(
        'conflict',
        `Rollout ${number} of service ${name} brings it to iteration ${toIteration}, which is known to be good: there is nothing to flee from. Declare what you want instead, or roll back to a certain iteration.`,
      );
    const back = await inside.services.lastKnownGood(name, toIteration);
    const reason = `aborted by ${by}`;
    await inside.rollouts.finish(name, number, back === null ? 'failed' : 'rolledBack', reason, 'person');
    const operation =
      back === null ? null : (await inside.services.rollBack(name, back, 'abort', by)).operation;
    const rollout = await inside.rollouts.find(name, number);
    if (rollout === undefined) throw new AppError('not_found', `Service ${name} has no rollout ${number}.`);
    return { rollout, operation };
  });
}
