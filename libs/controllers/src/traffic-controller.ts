import { AppError } from '@diecast/model';
import type { QueueLog, Tick } from '@diecast/queue';
import type { Store } from '@diecast/store';
import {
  isCarried,
  planTraffic,
  type Balancer,
  type BalancerView,
  type TrafficAction,
} from '@diecast/traffic';
import { tellNews, type Problems } from './tell-news.js';
import { noteAdmission, trafficMachines, type TrafficMachine } from './traffic-machines.js';

const EVERY_MS = 250;
const AWAY = 'the balancer is away';

export type TrafficDeps = {
  readonly store: Store;
  /** Null: this installation has none. */
  readonly balancer: Balancer | null;
  readonly log: QueueLog;
};

/** One look at the world and what came of it. */
type Round = TrafficDeps & {
  readonly balancer: Balancer;
  readonly machines: readonly TrafficMachine[];
  readonly problems: Map<string, string>;
  /** Problems of the round before. */
  readonly known: Problems;
  /** Ids of machines that this round has noted as in traffic. */
  readonly noted: Set<string>;
  readonly signal: AbortSignal;
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
  let known: Problems = new Map();
  return {
    name: 'traffic',
    everyMs: EVERY_MS,
    async run(signal) {
      const machines = await read();
      const problems = new Map<string, string>();
      if (balancer === null) await standWithout(store, machines, problems);
      else await reconcile({ store, balancer, log, machines, problems, known, noted: new Set(), signal });
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

async function reconcile(round: Round): Promise<void> {
  const before = await look(round);
  if (before === undefined) return;
  const plan = planTraffic(
    round.machines.map(({ wish }) => wish),
    before,
  );
  const acted = await act(round, plan);
  const after = acted ? await look(round) : before;
  if (after !== undefined) await record(round, after);
}

/** Undefined when the balancer is away or not to be understood; that is a problem, and the next round tries again. */
async function look(round: Round): Promise<BalancerView | undefined> {
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

/** Being away is one problem in the words it began with, though it shows in many ways: a broken answer, then nobody there. */
function noteFailure({ problems, known }: Round, about: string, { code, message }: AppError): void {
  if (code === 'unavailable') problems.set(AWAY, known.get(AWAY) ?? message);
  else problems.set(about, message);
}

/** @returns whether anything was tried. What fails at one server does not keep the others waiting. */
async function act(round: Round, plan: readonly TrafficAction[]): Promise<boolean> {
  const { log, problems, signal } = round;
  let acted = false;
  for (const action of plan) {
    const server = `${action.backend}/${action.name}`;
    if (action.kind === 'wait') continue;
    if (action.kind === 'blocked') {
      problems.set(server, `${server} gets no requests: ${action.reason}.`);
      continue;
    }
    acted = true;
    try {
      const done = await perform(round, action);
      if (done !== null) log.info({ server, reason: action.reason }, done);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      // The machine was told to leave since we looked; the next round sees that.
      if (error.code === 'conflict') continue;
      noteFailure(round, server, error);
      if (error.code === 'unavailable') break;
    }
  }
  return acted;
}

/** @returns what was done, for the log; null when it is not through */
async function perform(
  { store, balancer, machines, noted, signal }: Round,
  action: Exclude<TrafficAction, { kind: 'wait' | 'blocked' }>,
): Promise<string | null> {
  switch (action.kind) {
    case 'add':
    case 'admit': {
      const machine = machines.find(({ instance }) => instance.id === action.instanceId);
      if (machine === undefined) return null;
      if (action.kind === 'add') await balancer.add(action, signal);
      // Noted before it is true: a machine that gets requests is never one that the store believes to have none.
      await noteAdmission(store, machine);
      noted.add(action.instanceId);
      await balancer.admit(action, signal);
      return 'A machine is in traffic.';
    }
    case 'drain':
      await balancer.drain(action, signal);
      return 'A machine gets no new requests.';
    case 'remove': {
      const end = await balancer.remove(action, action.how, signal);
      return end === 'gone' ? 'A machine is out of traffic.' : null;
    }
  }
}

/** From what was seen, not from what was done. */
async function record({ store, machines, noted }: Round, view: BalancerView): Promise<void> {
  for (const machine of machines) {
    const { instance, wish } = machine;
    const carried = isCarried(wish, view);
    const believed = instance.inTraffic || noted.has(instance.id);
    if (believed && !carried) await store.instances.update(instance.id, { inTraffic: false });
    if (!believed && carried && wish.at !== null) await noteAdmission(store, machine).catch(ignoreConflict);
  }
}

function ignoreConflict(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
}
