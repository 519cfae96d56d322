import { AppError, toAppError, type ErrorCode, type Host, type HostStatus } from '@diecast/model';
import { judgeSilence, REACHED, type Reach, type Unexplained } from '@diecast/planning';
import type { Tick } from '@diecast/queue';
import { clearLeftovers } from './clear-leftovers.js';
import type { ControllerDeps } from './deps.js';
import { lookAtHost } from './look-at-host.js';
import { Rounds } from './rounds.js';

const EVERY_MS = 1_000;
const LOOK_EVERY_MS = 2_500;
const ROOM_EVERY_MS = 30_000;
const SWEEP_EVERY_MS = 60_000;
/** Connecting and every call have deadlines of their own; this holds also for what waits in line before them. */
const LOOK_DEADLINE_MS = 15_000;
const HOSTS_AT_ONCE = 16;

/** That it is the host, and not one call, that does not work. */
const SILENCE: ReadonlySet<ErrorCode> = new Set(['host_unreachable', 'host_refused', 'deadline']);
/** The statuses of a host that is expected to answer. */
const EXPECTED: ReadonlySet<HostStatus> = new Set(['ready', 'cordoned', 'draining']);

type Memory = {
  readonly reach: Reach;
  readonly roomAt: number;
  readonly sweptAt: number;
  readonly unexplained: Unexplained;
};
const NEW: Memory = { reach: REACHED, roomAt: -Infinity, sweptAt: -Infinity, unexplained: new Map() };

/**
 * Looks at every host again and again: whether it answers, and whether what runs there is what the store says. A host that
 * nobody has probed yet belongs to the operation that registers it.
 */
export function hostWatch(deps: ControllerDeps): Tick<'hosts'> {
  const { store, log } = deps;
  const memories = new Map<string, Memory>();
  const list = async (): Promise<readonly Host[]> =>
    (await store.hosts.all()).filter(({ facts }) => facts !== null);

  const visit = async (host: Host, signal: AbortSignal): Promise<number> => {
    const memory = memories.get(host.name) ?? NEW;
    try {
      memories.set(host.name, await lookAndSweep(deps, host, memory, signal));
      return LOOK_EVERY_MS;
    } catch (error) {
      signal.throwIfAborted();
      const { code, message } = toAppError(error);
      if (!SILENCE.has(code)) throw error;
      const { unreachable, retryInMs, ...reach } = judgeSilence(memory.reach);
      memories.set(host.name, { ...memory, reach });
      if (unreachable && EXPECTED.has(host.status)) {
        await store.hosts.setStatus(host.name, 'unreachable', message);
        log.warn({ host: host.name }, message);
      }
      return retryInMs;
    }
  };

  const rounds = new Rounds<Host>({
    list,
    keyOf: ({ name }) => name,
    visit,
    onError: ({ name }, error) => log.warn({ err: error, host: name }, 'A look at a host failed.'),
    atOnce: HOSTS_AT_ONCE,
  });
  return { name: 'hosts', everyMs: EVERY_MS, run: (signal) => rounds.run(signal) };
}

async function lookAndSweep(
  deps: ControllerDeps,
  host: Host,
  memory: Memory,
  leaving: AbortSignal,
): Promise<Memory> {
  const now = performance.now();
  const withRoom = now - memory.roomAt >= ROOM_EVERY_MS;
  const inTime = AbortSignal.timeout(LOOK_DEADLINE_MS);
  try {
    await lookAtHost(deps, host.name, { signal: AbortSignal.any([leaving, inTime]), withRoom });
  } catch (error) {
    if (!inTime.aborted) throw error;
    throw new AppError('deadline', `Host ${host.name} did not answer within ${LOOK_DEADLINE_MS / 1000} s.`, {
      cause: error,
    });
  }
  const looked = { ...memory, reach: REACHED, roomAt: withRoom ? now : memory.roomAt };
  if (now - memory.sweptAt < SWEEP_EVERY_MS) return looked;
  return {
    ...looked,
    sweptAt: now,
    unexplained: await clearLeftovers(deps, host, memory.unexplained, leaving),
  };
}
