import { AppError, type InputOf } from '@diecast/model';
import { defineOperation } from '@diecast/operations';
import { discontinueMachine } from './children.js';
import { eachAtMost } from './each-at-most.js';
import type { FlowServices } from './services.js';
import { leftOfMachines } from './what-is-left.js';

type Input = InputOf<'service.delete'>;
type State = { readonly service: string; readonly discontinued: number };

const AT_ONCE = 4;

/** @throws AppError `in_use` naming every snapshot that is kept of the service's machines */
async function refuseSnapshots({ store }: FlowServices, service: string): Promise<void> {
  const kept = await store.snapshots.kept(service);
  if (kept.length === 0) return;
  const snapshots = kept.map(({ id }) => id);
  throw new AppError(
    'in_use',
    `Service ${service} still has the snapshots ${kept.map(({ id, name }) => `${name} (${id})`).join(', ')}; delete them first.`,
    { details: { snapshots } },
  );
}

/**
 * Ends a service with all its machines. What a person made of them by hand, the snapshots, is not thrown away along with
 * them: while there is one the service stays as it is. A machine that another operation works on is waited for (the child
 * waits for its lock).
 */
export const serviceDelete = defineOperation<FlowServices, Input, State>({
  kind: 'service.delete',
  pivot: 'empty',
  steps: [
    {
      name: 'mark',
      async run(services, { input }) {
        const { store } = services;
        await store.services.markDeleting(input.service);
        // In this order: from here on nobody takes another snapshot.
        await refuseSnapshots(services, input.service);
        return { service: input.service };
      },
      async undo({ store }, { input }) {
        const { status } = await store.services.require(input.service);
        if (status === 'deleting') await store.services.markActive(input.service);
      },
    },
    {
      name: 'empty',
      deadlineSeconds: 7200,
      async run(services, context) {
        const { input, progress, signal, operationId } = context;
        for (;;) {
          // Also those restored from snapshots, and those that failed and were not cleared away.
          const here = await services.store.instances.reserved({ service: input.service });
          if (here.length === 0) break;
          let done = 0;
          await eachAtMost(AT_ONCE, here, async (instance) => {
            signal.throwIfAborted();
            await discontinueMachine(context, instance.id);
            done += 1;
            const percent = Math.floor((done * 100) / here.length);
            progress({ percent, message: `${done} of ${here.length} machines discontinued` });
          });
        }
        const children = await services.store.journal.children(operationId);
        return { discontinued: children.filter(({ status }) => status === 'succeeded').length };
      },
      undo: { none: 'only forward' },
    },
    {
      name: 'forget',
      async run(services, { input }) {
        // One that was being taken while the service was marked is there now, whole.
        await refuseSnapshots(services, input.service);
        await services.store.services.markDeleted(input.service);
      },
      undo: { none: 'only forward' },
    },
  ],
  result: ({ service, discontinued }) => ({ service: service ?? null, discontinued: discontinued ?? null }),
  async leaves(services, { input }) {
    const here = await services.store.instances.reserved({ service: input.service });
    return leftOfMachines(
      services,
      here.map(({ id }) => id),
    );
  },
});
