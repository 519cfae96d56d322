import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestServices } from './services.js';

/** Everything that an operation could leave behind, on hosts, in the store and in the folder of blobs, in an order. */
export type Sight = {
  readonly machines: readonly string[];
  readonly files: readonly string[];
  readonly recorded: readonly string[];
  readonly instances: readonly string[];
  readonly promised: readonly string[];
  readonly snapshots: readonly string[];
  readonly images: readonly string[];
  readonly services: readonly string[];
  readonly hosts: readonly string[];
  readonly blobs: readonly string[];
};

const words = (...parts: readonly unknown[]): string => parts.map(String).join(' ');
const inOrder = (lines: readonly string[]): readonly string[] => [...lines].sort((a, b) => (a < b ? -1 : 1));

/** What ended is history and not to be seen; what is there counts, whoever says so. */
export async function lookAround({ store, hypervisors, folder }: TestServices): Promise<Sight> {
  const hosts = await store.hosts.all();
  const seen = await Promise.all(
    hosts.map(async (host) => {
      const { machines, files } = hypervisors.at(host);
      const [there, stored] = await Promise.all([machines.listMachines(), files.listFiles()]);
      return {
        machines: there.map(({ name, state, identity }) =>
          words(host.name, name, state, identity?.generation),
        ),
        files: stored.map(({ name }) => words(host.name, name)),
        recorded: (await store.hostFiles.onHost(host.name)).map((file) =>
          words(file.host, file.name, file.state, file.owner, file.backing),
        ),
      };
    }),
  );
  const [instances, load, snapshots, images, services] = await Promise.all([
    store.instances.reserved(),
    store.instances.load(),
    store.snapshots.list({ limit: 500 }),
    store.images.list({ limit: 500 }),
    store.services.live(),
  ]);
  return {
    machines: inOrder(seen.flatMap((host) => host.machines)),
    files: inOrder(seen.flatMap((host) => host.files)),
    recorded: inOrder(seen.flatMap((host) => host.recorded)),
    instances: inOrder(
      instances.map((each) =>
        words(each.id, each.status, each.host, each.address, each.generation, each.activeLayer),
      ),
    ),
    promised: inOrder(load.map((each) => words(each.host, each.memoryMiB, each.instances))),
    snapshots: inOrder(
      snapshots.items
        .filter(({ status }) => status !== 'failed' && status !== 'deleted')
        .map(({ id, status, layer, memoryFile }) => words(id, status, layer, memoryFile)),
    ),
    images: inOrder(images.items.map(({ digest, status }) => words(digest, status))),
    services: inOrder(services.map(({ name, status }) => words(name, status))),
    hosts: inOrder(hosts.map(({ name, status }) => words(name, status))),
    blobs: inOrder(await readdir(join(folder, 'blobs')).catch(() => [])),
  };
}
