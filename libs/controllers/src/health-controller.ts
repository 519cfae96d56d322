import { setTimeout as sleep } from 'node:timers/promises';
import { PROOF_SERVICE, type HealthSpec, type Instance } from '@diecast/model';
import { askAgent, type HealthLook } from '@diecast/flows';
import { judgeHealth, type HealthHistory } from '@diecast/planning';
import type { Tick } from '@diecast/queue';
import type { ControllerDeps } from './deps.js';
import { MovingMachines } from './moving-machines.js';
import { Rounds } from './rounds.js';

const EVERY_MS = 1_000;
const CHECKS_AT_ONCE = 32;
const AGENT_AGAIN_MS = 200;

type AgentSpec = Extract<HealthSpec, { readonly kind: 'agent' }>;

/**
 * Checks every available machine as its iteration says, and writes the verdict when it changes. What was seen in a row is
 * remembered here; whoever takes over begins with the stored verdict.
 */
export function healthController(deps: ControllerDeps): Tick<'health'> {
  const { store, log } = deps;
  const specs = new Map<string, HealthSpec>();
  const histories = new Map<string, HealthHistory>();
  const moving = new MovingMachines(store);

  const list = async (): Promise<readonly Instance[]> => {
    const live = await store.instances.live();
    const checked = live.filter(({ status, service }) => status === 'available' && service !== PROOF_SERVICE);
    const ids = new Set(checked.map(({ id }) => id));
    for (const id of histories.keys()) if (!ids.has(id)) histories.delete(id);
    moving.forgetOthers(ids);
    return checked;
  };

  // Frozen: once read it is the same for ever.
  const specOf = async ({ service, iteration }: Instance): Promise<HealthSpec> => {
    const key = `${service}/${iteration}`;
    const spec = specs.get(key) ?? (await store.services.iteration(service, iteration)).spec.health;
    specs.set(key, spec);
    return spec;
  };

  const visit = async (instance: Instance, signal: AbortSignal): Promise<number> => {
    const spec = await specOf(instance);
    const { passed, seen } = await check(deps, instance, spec, signal);
    // A check that was broken off says nothing.
    if (signal.aborted) return 0;
    if (spec.kind === 'agent') {
      if (!passed && (await moving.excuses(instance, performance.now()))) return AGENT_AGAIN_MS;
      if (passed) moving.settled(instance);
    }
    const { id, healthy } = instance;
    const known = histories.get(id);
    // Somebody else has judged since: their verdict is the newer one.
    const before = known?.healthy === healthy ? known : { healthy, successesInRow: 0, failuresInRow: 0 };
    const after = judgeHealth(before, passed ? 'ok' : 'failed', spec);
    if (after.healthy !== healthy) {
      await store.instances.recordHealth(id, after.healthy);
      log.info(
        { instanceId: id, service: instance.service, healthy: after.healthy },
        saying(after, spec, seen),
      );
    }
    histories.set(id, after);
    return spec.intervalSeconds * 1000;
  };

  const rounds = new Rounds<Instance>({
    list,
    keyOf: ({ id }) => id,
    visit,
    onError: ({ id }, error) => log.warn({ err: error, instanceId: id }, 'A health check could not be made.'),
    atOnce: CHECKS_AT_ONCE,
  });
  return { name: 'health', everyMs: EVERY_MS, run: (signal) => rounds.run(signal) };
}

const saying = ({ healthy }: HealthHistory, { successes, failures }: HealthSpec, seen: string): string =>
  healthy ? `It passed ${successes} checks in a row.` : `It failed ${failures} checks in a row: ${seen}.`;

async function check(
  deps: ControllerDeps,
  { id, address }: Instance,
  spec: HealthSpec,
  signal: AbortSignal,
): Promise<HealthLook> {
  if (spec.kind === 'agent') return checkByAgent(deps, id, spec, signal);
  if (address === null) return { passed: false, seen: 'its address is not known' };
  return deps.checkHealth(address, spec, signal);
}

/**
 * Asks until it answers or the check's time is over. A machine that moves is for a moment on neither host for who reads the
 * store, and where it has come to, its agent is connected only a moment later: neither is a sign of illness.
 */
async function checkByAgent(
  deps: ControllerDeps,
  id: string,
  spec: AgentSpec,
  signal: AbortSignal,
): Promise<HealthLook> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(spec.timeoutSeconds * 1000)]);
  while (!over.aborted) {
    const look = await lookOnce(deps, id, spec, over);
    if (look !== undefined) return look;
    await sleep(AGENT_AGAIN_MS, undefined, { signal: over }).catch(() => undefined);
  }
  return { passed: false, seen: `the guest agent did not answer within ${spec.timeoutSeconds} s` };
}

async function lookOnce(
  { store, hypervisors }: ControllerDeps,
  id: string,
  spec: AgentSpec,
  signal: AbortSignal,
): Promise<HealthLook | undefined> {
  const { host: name } = await store.instances.require(id);
  const host = name === null ? undefined : await store.hosts.find(name);
  if (host === undefined) return undefined;
  // An agent that cannot be asked is no sign of health, whoever is in the way.
  return askAgent(hypervisors.at(host), id, spec, signal).catch(() => undefined);
}
