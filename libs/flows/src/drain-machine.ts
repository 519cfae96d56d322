import type { FlowServices } from './services.js';

/** For the balancer's controller to see what was set, and to take the server out once its time is over. */
const SLACK_SECONDS = 10;
/** Should a notification get lost. */
const LOOK_EVERY_MS = 2_000;
/** A step that drains keeps its own time; this ends it only when that fails. */
export const LONGEST_DRAIN_SECONDS = 86_400;

export type Drained = {
  /** Whether the balancer let go of it in time. */
  readonly out: boolean;
  /** How long it was given. */
  readonly seconds: number;
};

/** Waits until a machine that is `draining` is out of traffic. What was never in it, or has failed, is not waited for. */
export async function drainMachine(
  { store }: Pick<FlowServices, 'store'>,
  instanceId: string,
  signal: AbortSignal,
): Promise<Drained> {
  const { service: name } = await store.instances.require(instanceId);
  const service = await store.services.find(name);
  const seconds = (service?.rollout.drainSeconds ?? 0) + SLACK_SECONDS;
  const end = performance.now() + seconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const seen = await store.events.latestId();
    const { status, inTraffic } = await store.instances.require(instanceId);
    if (status !== 'draining' || !inTraffic) return { out: true, seconds };
    const left = end - performance.now();
    if (left <= 0) return { out: false, seconds };
    await store.events.wait(Math.min(left, LOOK_EVERY_MS), signal, seen);
  }
}
