import { defineOperation } from '@diecast/operations';
import type { FlowServices } from './services.js';

type Input = { readonly name: string };
type State = { readonly accelerator: string };

/** A look at the host, with a guest booted to see what really works; then it is ready for machines. */
export const hostRegister = defineOperation<FlowServices, Input, State>({
  kind: 'host.register',
  steps: [
    {
      name: 'probe',
      burdens: (_, { name }) => [name],
      deadlineSeconds: 120,
      async run({ store, hypervisors }, { input, signal, progress }) {
        progress({ percent: 10, message: 'looking at the host and booting a probe' });
        const host = await store.hosts.require(input.name);
        const facts = await hypervisors.at(host).probe({ signal });
        await store.hosts.recordFacts(input.name, facts);
        return { accelerator: facts.accelerator };
      },
      undo: { none: 'what was learned about a host harms nobody' },
    },
    {
      name: 'welcome',
      async run({ store }, { input }) {
        await store.hosts.recordSeen(input.name, new Date());
        await store.hosts.setStatus(input.name, 'ready', null);
      },
      undo: { none: 'the last step' },
    },
  ],
  result: ({ accelerator }) => ({ accelerator: accelerator ?? null }),
  leaves: async () => [],
});
