import { run } from '../../lab/src/run.js';
import { DemoFailure, type Client, type InstanceView } from './client.js';

type Witnessed = { readonly name: string; readonly localUri: string };

/** What virsh, which knows nothing of Diecast, says that the host runs. */
async function machinesOn(host: Witnessed): Promise<readonly string[]> {
  const said = await run('virsh', ['-c', host.localUri, 'list', '--all', '--uuid']);
  return said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort();
}

/**
 * Asks every host itself, past Diecast, and holds it against the API.
 * @returns how many machines there are
 * @throws DemoFailure naming the first host where the two differ
 */
export async function askTheHosts(client: Client, hosts: readonly Witnessed[]): Promise<number> {
  const page = await client.get<{ items: readonly InstanceView[] }>('/v1/instances?limit=500');
  const live = page.items.filter(({ status }) => status !== 'discontinued' && status !== 'failed');
  for (const host of hosts) {
    const told = live
      .filter((instance) => instance.host === host.name)
      .map(({ id }) => id)
      .sort();
    const there = await machinesOn(host);
    if (told.join() !== there.join())
      throw new DemoFailure(
        `virsh on host ${host.name} shows [${there.join(', ')}], the API says [${told.join(', ')}].`,
      );
  }
  return live.length;
}
