import { defineOperation } from '@diecast/operations';
import { drainMachine, LONGEST_DRAIN_SECONDS } from './drain-machine.js';
import { removeMachine } from './remove-machine.js';
import type { FlowServices } from './services.js';
import { leftOfMachine } from './what-is-left.js';

type Input = { readonly instanceId: string };

const GRACE_MS = 15_000;

/** Ends a machine and frees what it had. From the first step there is only forward: a half-ended machine is of no use. */
export const instanceDiscontinue = defineOperation<FlowServices, Input, object>({
  kind: 'instance.discontinue',
  pivot: 'withdraw',
  steps: [
    {
      name: 'withdraw',
      async run({ store }, { input }) {
        const { status } = await store.instances.require(input.instanceId);
        if (status === 'available' || status === 'standby')
          await store.instances.setStatus(input.instanceId, 'draining', null);
      },
      undo: { none: 'only forward' },
    },
    {
      // Before anything on the host: a request that is on the machine gets its answer. A balancer that is away must not
      // keep the machine for ever.
      name: 'drain',
      deadlineSeconds: LONGEST_DRAIN_SECONDS,
      async run(services, { input: { instanceId }, signal, log }) {
        const { out, seconds } = await drainMachine(services, instanceId, signal);
        if (out) return;
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
