import { AppError } from '@diecast/model';
import type { QueueLog, Tick } from '@diecast/queue';
import type { Store } from '@diecast/store';
import { isCarried, planTraffic, type Balancer, type BalancerView } from '@diecast/traffic';
import { concernsTraffic } from './concerns.js';
import { ignoreConflict } from './ignore-conflict.js';
import { tellNews, type Problems } from './tell-news.js';
import { trafficCounts } from './traffic-counts.js';
import { noteAdmission, trafficMachines, type TrafficMachine } from './traffic-machines.js';
import { act, noteFailure, type TrafficRound } from './traffic-round.js';

const EVERY_MS = 250;

export type TrafficDeps = {
  readonly store: Store;
  /** Null: this installation has none. */
  readonly balancer: Balancer | null;
  readonly log: QueueLog;
};

/**
 * Makes the balancer what the store says, and writes `inTraffic` back. Nobody else talks to the balancer; flows and planners
 * set status and health. `inTraffic` is true from before a machine may get its first request until it has none left, so
 * that whoever sets a machine to `draining` and then reads false may stop it.
 *
 * While the balancer is away, `inTraffic` stays as it was: nothing enters, so that no rollout goes on.
 */
export function trafficController({ store, balancer, log }: TrafficDeps): Tick<'traffic'> {
  const read = trafficMachines(store);
  const count = trafficCounts(store);
  let known: Problems = new Map();
  return {
    name: 'traffic',
    everyMs: EVERY_MS,
    wokenBy: concernsTraffic,
    async run(signal) {
      const machines = await read();
      const problems = new Map<string, string>();
      if (balancer === null) await standWithout(store, machines, problems);
      else {
        const noted = new Set<string>();
        await reconcile({ store, balancer, log, machines, problems, known, noted, signal }, count);
      }
      tellNews(log, known, problems);
      known = problems;
    },
  };
}

/** Without a balancer nothing is in traffic, and whoever declared that it should be is told so. */
async function standWithout(
  store: Store,
  machines: readonly TrafficMachine[],
  problems: Map<string, string>,
): Promise<void> {
  for (const { instance } of machines) {
    const { id, service, inTraffic } = instance;
    problems.set(service, `Service ${service} wants HAProxy, and none is configured: it gets no requests.`);
    if (inTraffic) await store.instances.update(id, { inTraffic: false });
  }
}

async function reconcile(round: TrafficRound, count: ReturnType<typeof trafficCounts>): Promise<void> {
  const before = await look(round);
  if (before === undefined) return;
  const plan = planTraffic(
    round.machines.map(({ wish }) => wish),
    before,
  );
  // A switch does not wait for a count; what a server takes along when it goes has to be written down before.
  const goes = plan.some(({ kind }) => kind === 'remove');
  if (goes) await count(round.machines, before, plan);
  const acted = await act(round, plan);
  const after = acted ? await look(round) : before;
  if (after !== undefined) await record(round, after);
  if (!goes) await count(round.machines, before, plan);
}

/** Undefined when the balancer is away or not to be understood; that is a problem, and the next round tries again. */
async function look(round: TrafficRound): Promise<BalancerView | undefined> {
  const { balancer, signal } = round;
  try {
    return await balancer.look(signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    noteFailure(round, 'balancer', error);
    return undefined;
  }
}

/** From what was seen, not from what was done. */
async function record({ store, machines, noted }: TrafficRound, view: BalancerView): Promise<void> {
  for (const machine of machines) {
    const { instance, wish } = machine;
    const carried = isCarried(wish, view);
    const believed = instance.inTraffic || noted.has(instance.id);
    if (believed && !carried) await store.instances.update(instance.id, { inTraffic: false });
    if (!believed && carried && wish.at !== null) await noteAdmission(store, machine).catch(ignoreConflict);
  }
}
