import { AppError, type InputOf } from '@diecast/model';
import { defineOperation } from '@diecast/operations';
import { drainMachine, LONGEST_DRAIN_SECONDS } from './drain-machine.js';
import { hostOf } from './host-of.js';
import type { FlowServices } from './services.js';
import { leftOfMachine } from './what-is-left.js';

type Input = InputOf<'instance.park'>;

/**
 * Takes a machine out of traffic and lets it stand still in memory, ready to serve again at once (ADR 0010). Until it is
 * `standby` it can go back to serving, and does when it cannot be parked.
 */
export const instancePark = defineOperation<FlowServices, Input, object>({
  kind: 'instance.park',
  steps: [
    {
      // Before anything is changed: who finds it draining cannot tell whether it is for this.
      name: 'check',
      async run({ store }, { input }) {
        const { id, status } = await store.instances.require(input.instanceId);
        if (status !== 'available')
          throw new AppError('conflict', `Instance ${id} is ${status}; only an available one is parked.`);
      },
      undo: { none: 'looking changes nothing' },
    },
    {
      name: 'withdraw',
      async run({ store }, { input }) {
        await store.instances.setStatus(input.instanceId, 'draining', null);
      },
      async undo({ store }, { input }) {
        const { id, status } = await store.instances.require(input.instanceId);
        if (status === 'draining') await store.instances.setStatus(id, 'available', null);
      },
    },
    {
      // Never paused with a request on it, which would wait for ever; a machine that ends at least breaks it off.
      name: 'drain',
      deadlineSeconds: LONGEST_DRAIN_SECONDS,
      async run(services, { input: { instanceId }, signal }) {
        const { out, seconds } = await drainMachine(services, instanceId, signal);
        if (out) return;
        throw new AppError(
          'balancer_failed',
          `The balancer did not let go of instance ${instanceId} within ${seconds} s; it is not paused while requests may reach it.`,
          { retry: 'never' },
        );
      },
      undo: { none: 'waiting changes nothing' },
    },
    {
      name: 'pause',
      async run(services, { input: { instanceId }, signal }) {
        const { machines } = await hostOf(services, instanceId);
        await machines.pauseMachine(instanceId, { signal });
      },
      async undo(services, { input: { instanceId }, signal }) {
        const { machines } = await hostOf(services, instanceId);
        const machine = await machines.findMachine(instanceId, { signal });
        if (machine?.state === 'paused') await machines.resumeMachine(instanceId, { signal });
      },
    },
    {
      name: 'keep',
      async run({ store }, { input: { instanceId } }) {
        await store.transaction(async ({ instances }) => {
          await instances.setStatus(instanceId, 'standby', null);
          // What stands still passes no check.
          await instances.update(instanceId, { healthy: false });
        });
      },
      undo: { none: 'the last step' },
    },
  ],
  result: (_state, { instanceId }) => ({ instanceId }),
  leaves: (services, { input }) => leftOfMachine(services, input.instanceId),
});
