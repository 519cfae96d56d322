import { setTimeout as sleep } from 'node:timers/promises';
import {
  AppError,
  type HealthSpec,
  type Host,
  type Instance,
  type IterationSpec,
  type Progress,
} from '@diecast/model';
import { judgeHealth, UNKNOWN_HEALTH } from '@diecast/planning';
import { askAgent } from './ask-agent.js';
import type { FlowServices, HealthLook } from './services.js';

/** How long a machine may take, and how often it is looked at. */
export type HealthPace = { readonly withinSeconds: number; readonly everyMs: number };

const NO_AGENT: HealthLook = { passed: false, seen: 'the guest agent does not answer' };
const NO_ADDRESS: HealthLook = { passed: false, seen: 'its address is not known' };

const BOOTING_EVERY_MS = 250;

/** Of a machine that boots: it is waited for, so that it is looked at more often than later on. */
const bootPace = ({ startPeriodSeconds, intervalSeconds }: HealthSpec): HealthPace => ({
  withinSeconds: startPeriodSeconds,
  everyMs: Math.min(BOOTING_EVERY_MS, intervalSeconds * 1000),
});

type Watch = { readonly signal: AbortSignal; readonly progress: (progress: Progress) => void };

/** The address that clients use: the reserved one, or what the guest was given by DHCP. */
async function findAddress(services: FlowServices, host: Host, instance: Instance): Promise<string | null> {
  if (instance.address !== null) return instance.address;
  const [found] = await services.hypervisors.at(host).machines.readAddresses(instance.id);
  return found ?? null;
}

/**
 * Watches a machine until its check has passed often enough.
 * @throws AppError `unhealthy` when its time is over, or when it is gone
 */
export async function waitHealthy(
  services: FlowServices,
  host: Host,
  instance: Instance,
  { health }: Pick<IterationSpec, 'health'>,
  watch: Watch,
  { withinSeconds, everyMs }: HealthPace = bootPace(health),
): Promise<{ readonly address: string | null; readonly seconds: number }> {
  const startedAt = performance.now();
  const on = services.hypervisors.at(host);
  let history = UNKNOWN_HEALTH;
  for (;;) {
    const seconds = (performance.now() - startedAt) / 1000;
    const address = await findAddress(services, host, instance);
    const { passed, seen } =
      health.kind === 'agent'
        ? ((await askAgent(on, instance.id, health, watch.signal)) ?? NO_AGENT)
        : address === null
          ? NO_ADDRESS
          : await services.checkHealth(address, health, watch.signal);
    watch.signal.throwIfAborted();
    history = judgeHealth(history, passed ? 'ok' : 'failed', health);
    if (history.healthy) return { address, seconds };
    if ((await on.machines.findMachine(instance.id)) === undefined)
      throw new AppError(
        'unhealthy',
        `Instance ${instance.id} ended on host ${host.name} before it was healthy.`,
      );
    if (seconds > withinSeconds)
      throw new AppError(
        'unhealthy',
        `Instance ${instance.id} at ${address ?? 'no address'} did not pass its ${health.kind} check within ${withinSeconds} s: ${seen}.`,
      );
    const percent = Math.min(99, Math.round((seconds / withinSeconds) * 100));
    watch.progress({
      percent,
      message: `waiting for the ${health.kind} check of ${address ?? 'its address'}`,
    });
    await sleep(everyMs, undefined, { signal: watch.signal });
  }
}
