import { defineOperation } from '@diecast/operations';
import { castingSteps, type CastState } from './cast-machine.js';
import type { FlowServices } from './services.js';
import { leftOfMachine } from './what-is-left.js';

type Input = {
  readonly instanceId: string;
  readonly service: string;
  readonly iteration: number;
  readonly host: string | null;
};

/** Casts one machine of a service and makes it available. Everything can be undone until it is. */
export const instanceCreate = defineOperation<FlowServices, Input, CastState>({
  kind: 'instance.create',
  steps: [
    ...castingSteps<Input>(
      ({ input }) => input.instanceId,
      async ({ store }, { input }) => {
        const { spec } = await store.services.iteration(input.service, input.iteration);
        const service = await store.services.find(input.service);
        return { ...input, spec, ...(service === undefined ? {} : { placement: service.placement }) };
      },
    ),
    {
      name: 'admit',
      async run({ store }, { input }) {
        await store.instances.setStatus(input.instanceId, 'available', null);
        await store.instances.update(input.instanceId, { healthy: true, availableAt: new Date() });
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ host, seconds }, { instanceId }) => ({
    instanceId,
    host: host ?? null,
    healthyAfterSeconds: seconds ?? null,
  }),
  leaves: (services, { input }) => leftOfMachine(services, input.instanceId),
});
