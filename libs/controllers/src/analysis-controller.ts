import {
  shareOf,
  type AnalysisSpec,
  type Finding,
  type Instance,
  type Rollout,
  type Service,
} from '@diecast/model';
import { isDue, isReturn, judgeAnalysis } from '@diecast/planning';
import type { Tick } from '@diecast/queue';
import type { Store } from '@diecast/store';
import { askAnalysis } from './ask-analysis.js';
import type { ControllerLog } from './deps.js';
import { ignoreConflict } from './ignore-conflict.js';

const EVERY_MS = 1_000;

type Deps = { readonly store: Store; readonly log: ControllerLog };

/** Asks the analyses of rollouts whose new iteration is given requests, and stores what they say. Others judge. */
export function analysisController({ store, log }: Deps): Tick<'analysis'> {
  return {
    name: 'analysis',
    everyMs: EVERY_MS,
    async run(signal) {
      const watched = await findWatched(store);
      await Promise.all(watched.map((each) => askAll({ store, log }, each, signal)));
    },
  };
}

type Watched = { readonly service: Service; readonly rollout: Rollout };

async function findWatched(store: Store): Promise<readonly Watched[]> {
  const found: Watched[] = [];
  for (const service of await store.services.live()) {
    if (service.rollout.analysis.length === 0) continue;
    const rollout = await store.rollouts.running(service.name);
    if (rollout === undefined || isReturn(rollout)) continue;
    const machines = await store.instances.live({ service: service.name });
    if (machines.some((machine) => serves(machine, service, rollout))) found.push({ service, rollout });
  }
  return found;
}

/** Where nobody's balancer is asked, a healthy machine with a share is taken to serve. */
const serves = (
  { iteration, status, healthy }: Instance,
  { shares }: Service,
  { toIteration }: Rollout,
): boolean =>
  iteration === toIteration && status === 'available' && healthy && shareOf(shares, iteration) !== 0;

async function askAll(
  { store, log }: Deps,
  { service, rollout }: Watched,
  signal: AbortSignal,
): Promise<void> {
  const lastOf = (spec: AnalysisSpec): Finding | undefined =>
    rollout.findings.find(({ name }) => name === spec.name);
  const { analysis } = service.rollout;
  if (!analysis.some((spec) => isDue(spec, lastOf(spec), new Date()))) return;
  const findings = await Promise.all(
    analysis.map(async (spec) => {
      const last = lastOf(spec);
      if (last !== undefined && !isDue(spec, last, new Date())) return last;
      const finding = judgeAnalysis(spec, last, await askAnalysis(spec, rollout, signal), new Date());
      log.debug({ service: service.name, rollout: rollout.number, ...finding }, 'An analysis has answered.');
      return finding;
    }),
  );
  // An answer that was broken off says nothing of the iteration.
  if (signal.aborted) return;
  // A rollout that has ended meanwhile needs no answers any more.
  await store.rollouts.recordFindings(service.name, rollout.number, findings).catch(ignoreConflict);
}
