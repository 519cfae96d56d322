import type { RolloutNote } from '@diecast/model';
import { planService } from '@diecast/planning';
import type { Tick } from '@diecast/queue';
import { applyPlan } from './apply-plan.js';
import { concernsServices } from './concerns.js';
import type { ControllerDeps, ControllerLog } from './deps.js';
import { readService } from './read-service.js';

const EVERY_MS = 1_000;

/**
 * Makes every service what it is declared to be: looks at it, asks the planner, stores the reasons and starts operations.
 * Nothing is remembered between two looks, so that it goes on wherever a process that died has left it.
 */
export function serviceController(deps: Pick<ControllerDeps, 'store' | 'log'>): Tick<'service'> {
  const { store, log } = deps;
  return {
    name: 'service',
    everyMs: EVERY_MS,
    wokenBy: concernsServices,
    // A worker that has lost its tick may still be running it; two who plan at once would each cast.
    run: (signal) =>
      store.exclusively('controller/service', async () => {
        for (const { name } of await store.services.live()) {
          if (signal.aborted) return;
          try {
            await lookAfter(deps, name);
          } catch (error) {
            log.warn(
              { err: error, service: name },
              'A service could not be looked after; the next look comes.',
            );
          }
        }
      }),
  };
}

async function lookAfter({ store, log }: Pick<ControllerDeps, 'store' | 'log'>, name: string): Promise<void> {
  const now = new Date();
  const sight = await readService(store, name, now);
  if (sight === undefined) return;
  const done = await applyPlan(store, sight, planService(sight.view, now), now);
  for (const note of done ?? []) say(log, name, note);
}

function say(log: ControllerLog, service: string, { action, instanceId, reason }: RolloutNote): void {
  const facts = { service, action, ...(instanceId === undefined ? {} : { instanceId }) };
  if (action === 'wait') log.debug(facts, reason);
  else log.info(facts, reason);
}
