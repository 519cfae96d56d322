import { LIFECYCLE, P } from '@diecast/node-libvirt';
import type { CallOptions, HostEvent, Hypervisor } from '../port.js';
import { explain } from './errors.js';
import { readFacts } from './facts.js';
import { PoolFiles } from './files.js';
import { GuestAgent } from './guest-agent.js';
import type { Link } from './link.js';
import { DomainMachines } from './machines.js';
import { LiveMigrations } from './migration.js';
import { MachineRestores } from './restore.js';
import { DomainSnapshots } from './snapshots.js';

const LIFECYCLES: Readonly<Record<number, 'started' | 'suspended' | 'resumed' | 'stopped' | 'crashed'>> = {
  [LIFECYCLE.STARTED]: 'started',
  [LIFECYCLE.SUSPENDED]: 'suspended',
  [LIFECYCLE.RESUMED]: 'resumed',
  [LIFECYCLE.STOPPED]: 'stopped',
  [LIFECYCLE.CRASHED]: 'crashed',
};

async function* events(link: Link, signal: AbortSignal): AsyncGenerator<HostEvent> {
  const { host } = link;
  for await (const event of link.events(signal)) {
    if (event.type === 'connected' || event.type === 'gap') yield { type: event.type, host };
    if (event.type === 'disconnected') {
      const error = explain(host, 'waiting for events', event.error);
      yield { type: 'disconnected', host, reason: error instanceof Error ? error.message : String(error) };
    }
    if (event.type === 'lifecycle')
      yield { type: 'domain', host, uuid: event.dom.uuid, event: LIFECYCLES[event.event] ?? 'other' };
  }
}

/** A host behind a libvirtd. Connects at the first call. */
export function libvirtHypervisor(link: Link): Hypervisor {
  const files = new PoolFiles(link);
  const machines = new DomainMachines(link);
  const guests = new GuestAgent(link);
  return {
    host: link.host,
    files,
    machines,
    guests,
    migrations: new LiveMigrations(link),
    snapshots: new DomainSnapshots(link, files, guests),
    restores: new MachineRestores(link, files, machines, guests),
    probe: (options: CallOptions = {}) => link.doing('probing', () => readFacts(link, files, options)),
    readRoom: (options?: CallOptions) =>
      link.doing('reading free memory', async () => {
        const [{ freeMem }, pool] = await Promise.all([
          link.call(P.node.getFreeMemory, {}, options),
          files.readPool(options),
        ]);
        return { freeMemoryBytes: Number(freeMem), poolAvailableBytes: pool.availableBytes };
      }),
    events: (signal) => events(link, signal),
    async close() {
      link.close();
    },
  };
}
