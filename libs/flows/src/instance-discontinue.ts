import { defineOperation } from '@diecast/operations';
import { removeMachine } from './remove-machine.js';
import type { FlowServices } from './services.js';
import { leftOfMachine } from './what-is-left.js';

type Input = { readonly instanceId: string };

const GRACE_MS = 15_000;
/** For the balancer's controller to see what was set, and to take the server out once its time is over. */
const SLACK_SECONDS = 10;
/** Should a notification get lost. */
const LOOK_EVERY_MS = 2_000;
/** The step keeps its own time; this ends it only when that fails. */
const LONGEST_DRAIN_SECONDS = 86_400;

/** Ends a machine and frees what it had. From the first step there is only forward: a half-ended machine is of no use. */
export const instanceDiscontinue = defineOperation<FlowServices, Input, object>({
  kind: 'instance.discontinue',
  pivot: 'withdraw',
  steps: [
    {
      name: 'withdraw',
      async run({ store }, { input }) {
        const { status } = await store.instances.require(input.instanceId);
        if (status === 'available') await store.instances.setStatus(input.instanceId, 'draining', null);
      },
      undo: { none: 'only forward' },
    },
    {
      // Before anything on the host: a request that is on the machine gets its answer. What was never in traffic, or has
      // failed, is not waited for. A balancer that is away must not keep the machine for ever.
      name: 'drain',
      deadlineSeconds: LONGEST_DRAIN_SECONDS,
      async run({ store }, { input, signal, log }) {
        const { service: name } = await store.instances.require(input.instanceId);
        const service = await store.services.find(name);
        const seconds = (service?.rollout.drainSeconds ?? 0) + SLACK_SECONDS;
        const end = performance.now() + seconds * 1000;
        for (;;) {
          signal.throwIfAborted();
          const seen = await store.events.latestId();
          const { status, inTraffic } = await store.instances.require(input.instanceId);
          if (status !== 'draining' || !inTraffic) return;
          const left = end - performance.now();
          if (left <= 0) break;
          await store.events.wait(Math.min(left, LOOK_EVERY_MS), signal, seen);
        }
        const { instanceId } = input;
        log.warn(
          { instanceId, seconds },
          'The balancer did not let go of the machine in time; it ends anyway.',
        );
      },
      undo: { none: 'only forward' },
    },
    {
      name: 'stop',
      async run(services, { input, signal }) {
        const instance = await services.store.instances.require(input.instanceId);
        if (instance.host === null) return;
        const host = await services.store.hosts.require(instance.host);
        await removeMachine(services, host, instance, GRACE_MS, signal);
      },
      undo: { none: 'only forward' },
    },
    {
      name: 'release',
      async run({ store }, { input }) {
        await store.instances.setStatus(input.instanceId, 'discontinued', null);
        await store.instances.release(input.instanceId);
      },
      undo: { none: 'only forward' },
    },
  ],
  leaves: (services, { input }) => leftOfMachine(services, input.instanceId),
});
