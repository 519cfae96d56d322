import { eachAtMost } from '@diecast/flows';
import { AppError } from '@diecast/model';
import type { QueueLog } from '@diecast/queue';
import type { Store } from '@diecast/store';
import type { Balancer, TrafficAction } from '@diecast/traffic';
import type { Problems } from './tell-news.js';
import { noteAdmission, type TrafficMachine } from './traffic-machines.js';

const AWAY = 'the balancer is away';
/** HAProxy takes ten connections to its socket at once, unless told otherwise. */
const COMMANDS_AT_ONCE = 8;

/** One look at the world and what came of it. */
export type TrafficRound = {
  readonly store: Store;
  readonly balancer: Balancer;
  readonly log: QueueLog;
  readonly machines: readonly TrafficMachine[];
  readonly problems: Map<string, string>;
  /** Problems of the round before. */
  readonly known: Problems;
  /** Ids of machines that this round has noted as in traffic. */
  readonly noted: Set<string>;
  readonly signal: AbortSignal;
};

type Doable = Exclude<TrafficAction, { kind: 'wait' | 'blocked' }>;
/** What is done at the same time; each waits for the ones before. */
const PHASES: readonly (readonly Doable['kind'][])[] = [
  ['add', 'admit'],
  ['weigh'],
  ['yield', 'drain', 'remove'],
];

/** Being away is one problem in the words it began with, though it shows in many ways: a broken answer, then nobody there. */
export function noteFailure(
  { problems, known }: TrafficRound,
  about: string,
  { code, message }: AppError,
): void {
  if (code === 'unavailable') problems.set(AWAY, known.get(AWAY) ?? message);
  else problems.set(about, message);
}

/**
 * Does what was planned. What fails at one server does not keep the others waiting, except that nobody yields in a backend
 * that somebody could not enter.
 * @returns whether anything was tried
 */
export async function act(round: TrafficRound, plan: readonly TrafficAction[]): Promise<boolean> {
  const doable = plan.filter(
    (action): action is Doable => action.kind !== 'wait' && action.kind !== 'blocked',
  );
  for (const { backend, name, kind, reason } of plan)
    if (kind === 'blocked')
      round.problems.set(`${backend}/${name}`, `${backend}/${name} gets no requests: ${reason}.`);
  /** Backends that somebody could not enter. */
  const closed = new Set<string>();
  for (const kinds of PHASES) {
    const phase = doable.filter(({ kind }) => kinds.includes(kind));
    await eachAtMost(COMMANDS_AT_ONCE, phase, async (action) => {
      if (round.problems.has(AWAY) || (action.kind === 'yield' && closed.has(action.backend))) return;
      if (!(await attempt(round, action))) closed.add(action.backend);
    });
  }
  return doable.length > 0;
}

/** @returns whether it was done; why not stands among the problems, unless the next round sees to it by itself */
async function attempt(round: TrafficRound, action: Doable): Promise<boolean> {
  const server = `${action.backend}/${action.name}`;
  try {
    const done = await perform(round, action);
    if (done !== null) round.log.info({ server, reason: action.reason }, done);
    return true;
  } catch (error) {
    round.signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    // The machine was told to leave since we looked.
    if (error.code !== 'conflict') noteFailure(round, server, error);
    return false;
  }
}

/** @returns what was done, for the log; null when it is not through, or not worth a line */
async function perform(
  { store, balancer, machines, noted, signal }: TrafficRound,
  action: Doable,
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
    case 'weigh':
      await balancer.weigh(action, signal);
      return null;
    case 'yield':
    case 'drain':
      await balancer.drain(action, signal);
      return 'A machine gets no new requests.';
    case 'remove': {
      const end = await balancer.remove(action, action.how, signal);
      return end === 'gone' ? 'A machine is out of traffic.' : null;
    }
  }
}
