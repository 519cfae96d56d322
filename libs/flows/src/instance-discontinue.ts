import { defineOperation } from '@diecast/operations';
import { removeMachine } from './remove-machine.js';
import type { FlowServices } from './services.js';

type Input = { readonly instanceId: string };

const GRACE_MS = 15_000;

/** Ends a machine and frees what it had. From the first step there is only forward: a half-ended machine is of no use. */
export const instanceDiscontinue = defineOperation<FlowServices, Input, object>({
  kind: 'instance.discontinue',
  locks: ({ instanceId }) => [`instance:${instanceId}`],
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
});
