import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type HealthSpec, type Host, type InputOf, type Instance } from '@diecast/model';
import { defineOperation, type StepContext } from '@diecast/operations';
import type { FlowServices } from './services.js';
import { waitHealthy, type HealthPace } from './wait-healthy.js';
import { leftOfMachine } from './what-is-left.js';

type Input = InputOf<'instance.resume'>;
type State = {
  /** From the moment at which it went on until it was healthy. */
  readonly seconds: number;
};
type Context = StepContext<Input, State>;

/** It served before it was paused, so that it serves in a moment or not at all. */
const LONGEST_SECONDS = 10;
const LOOK_EVERY_MS = 100;
/**
 * Once it is healthy, how long its clock is waited for. The agent sets it first; then it sets that of the hardware, for which
 * hwclock(8) waits up to a second: for that, nobody has to wait.
 */
const CLOCK_AFTER_MS = 250;
const CLOCK_DEADLINE_MS = 5_000;

const wakingPace = ({ startPeriodSeconds }: HealthSpec): HealthPace => ({
  withinSeconds: Math.min(startPeriodSeconds, LONGEST_SECONDS),
  everyMs: LOOK_EVERY_MS,
});

/** Its clock stood still with it. */
async function setClock(
  { hypervisors }: FlowServices,
  host: Host,
  instanceId: string,
  { signal, log }: Context,
): Promise<void> {
  const limits = { signal, deadlineMs: CLOCK_DEADLINE_MS };
  const { guests } = hypervisors.at(host);
  const isSet = await guests.setClock(instanceId, new Date(), limits).catch(() => false);
  if (!isSet) log.debug({ instanceId }, 'No guest agent has said that the clock of the machine is set.');
}

async function goOn(
  services: FlowServices,
  instance: Instance,
  host: Host,
  context: Context,
): Promise<number> {
  const { id, service, iteration } = instance;
  const { spec } = await services.store.services.iteration(service, iteration);
  await services.hypervisors.at(host).machines.resumeMachine(id, { signal: context.signal });
  const clock = setClock(services, host, id, context);
  const { seconds } = await waitHealthy(services, host, instance, spec, context, wakingPace(spec.health));
  await Promise.race([clock, sleep(CLOCK_AFTER_MS)]);
  return seconds;
}

/** What speaks against the machine itself, and not against who asks it or the way there. */
const isItsOwn = (error: unknown): error is AppError =>
  error instanceof AppError &&
  (error.code === 'unhealthy' || error.code === 'not_found' || error.code === 'conflict');

/**
 * Lets a machine in standby serve again (ADR 0010). One that cannot serve is worth nothing and ends `failed`; when anything
 * else goes wrong it is in standby as before. Few steps and calls: somebody waits for a rollback.
 */
export const instanceResume = defineOperation<FlowServices, Input, State>({
  kind: 'instance.resume',
  steps: [
    {
      name: 'wake',
      deadlineSeconds: 60,
      async run(services, context) {
        const { store } = services;
        const instance = await store.instances.require(context.input.instanceId);
        const { id, status, host: name } = instance;
        if (status !== 'standby' || name === null)
          throw new AppError('conflict', `Instance ${id} is ${status}; only one in standby is resumed.`);
        const host = await store.hosts.require(name);
        try {
          return { seconds: await goOn(services, instance, host, context) };
        } catch (error) {
          if (!isItsOwn(error)) throw error;
          const reason = `It did not come back from standby: ${error.message}`;
          await store.instances.setStatus(id, 'failed', reason);
          throw new AppError('unhealthy', reason, { cause: error, retry: 'never' });
        }
      },
      async undo({ store, hypervisors }, { input, signal }) {
        const { id, status, host } = await store.instances.require(input.instanceId);
        if (status !== 'standby' || host === null) return;
        const { machines } = hypervisors.at(await store.hosts.require(host));
        const machine = await machines.findMachine(id, { signal });
        if (machine?.state === 'running') await machines.pauseMachine(id, { signal });
      },
    },
    {
      name: 'admit',
      async run({ store }, { input: { instanceId } }) {
        // At once: nobody shall see it available and sick.
        await store.transaction(async ({ instances }) => {
          await instances.setStatus(instanceId, 'available', null);
          await instances.update(instanceId, { healthy: true });
        });
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ seconds }, { instanceId }) => ({ instanceId, healthyAfterSeconds: seconds ?? null }),
  leaves: (services, { input }) => leftOfMachine(services, input.instanceId),
});
