import type { Tick } from '@diecast/queue';
import type { Store } from '@diecast/store';
import type { ControllerLog } from './deps.js';

const EVERY_MS = 600_000;

/** History is kept for so many days, and then it goes, a little at a time. */
export function historyController({
  store,
  keepDays,
  log,
}: {
  readonly store: Pick<Store, 'history'>;
  readonly keepDays: number;
  readonly log: ControllerLog;
}): Tick<'history'> {
  return {
    name: 'history',
    everyMs: EVERY_MS,
    async run(signal) {
      for (;;) {
        const { more, ...pruned } = await store.history.prune(keepDays);
        if (Object.values(pruned).some((count) => count > 0))
          log.info({ keepDays, ...pruned }, 'History that was old enough was let go.');
        if (!more || signal.aborted) return;
      }
    },
  };
}
