import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { blobFileName, macOf, parseIpv4 } from '@diecast/model';
import { domainXml } from '../../../libs/hypervisor/src/xml/domain.js';
import { haproxy, type Balancer } from '@diecast/traffic';
import { run } from '../../../apps/lab/src/run.js';
import { tinyMachine } from '../../harness/lab.js';
import { ask } from '../../harness/http-load.js';
import type { Site } from '../../rollouts/site.js';

/** The backend of the lab that carries the bare machines, too: their share of the load is that of the others. */
const BACKEND = 'web';
const LOOK_EVERY_MS = 100;

type Bare = {
  readonly id: string;
  readonly address: string;
  readonly localUri: string;
  readonly volume: string;
};

/** What somebody with a script would do, without anything that remembers, decides, or survives. */
export async function bareFleet(
  site: Site,
): Promise<{ replace(count: number): Promise<number>; close(): Promise<void> }> {
  const balancer = haproxy(site.lab.haproxy.socket);
  const dir = await mkdtemp(join(tmpdir(), 'diecast-bare-'));
  const last = parseIpv4(site.lab.network.guestRange.end);
  if (last === undefined) throw new Error('the lab has no guest addresses');

  async function create(index: number): Promise<Bare> {
    const host = site.lab.hosts[index % site.lab.hosts.length];
    if (host === undefined) throw new Error('the lab has no hosts');
    const id = randomUUID();
    // From the end of the range: Diecast gives out the lowest first.
    const number = last === undefined ? 0 : last - index;
    const address = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
    const volume = `bare-${id}.qcow2`;
    const { manifest } = site.image;
    const machine = tinyMachine({
      id,
      address,
      layer: volume,
      image: site.image,
      bridge: site.lab.network.bridge,
      mac: macOf(id),
    });
    const file = join(dir, `${id}.xml`);
    // Without Diecast's mark: what has it and nothing explains is taken away.
    await writeFile(file, domainXml(machine).replace(/<metadata>.*<\/metadata>/s, ''));
    const virsh = (...args: string[]): Promise<string> => run('virsh', ['-q', '-c', host.localUri, ...args]);
    const base = [
      '--backing-vol',
      blobFileName(manifest.disk.digest),
      '--backing-vol-format',
      manifest.disk.format,
    ];
    await virsh(
      'vol-create-as',
      'diecast',
      volume,
      `${manifest.disk.virtualSize}b`,
      '--format',
      'qcow2',
      ...base,
    );
    await virsh('create', file);
    return { id, address, localUri: host.localUri, volume };
  }

  return {
    /** So many machines made, healthy and given requests, then taken out and ended, all at once; seconds. */
    async replace(count) {
      const begun = performance.now();
      const made = await Promise.all(Array.from({ length: count }, (_, index) => create(index)));
      await Promise.all(made.map(({ address }) => untilHealthy(address)));
      for (const machine of made) await letIn(balancer, machine);
      for (const machine of made) await takeOut(balancer, machine);
      await Promise.all(made.map(end));
      return (performance.now() - begun) / 1000;
    },
    close: () => rm(dir, { recursive: true }),
  };
}

async function untilHealthy(address: string): Promise<void> {
  for (;;) {
    const answer = await ask(`http://${address}/healthz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(LOOK_EVERY_MS);
  }
}

const serverOf = ({ id }: Bare) => ({ backend: BACKEND, name: `bare-${id}` });

async function letIn(balancer: Balancer, machine: Bare): Promise<void> {
  const server = { ...serverOf(machine), weight: 100 };
  await balancer.add({ ...server, address: machine.address, port: 80 });
  await balancer.admit(server);
}

async function takeOut(balancer: Balancer, machine: Bare): Promise<void> {
  await balancer.drain(serverOf(machine));
  while ((await balancer.remove(serverOf(machine), 'idle')) !== 'gone') await sleep(20);
}

async function end({ id, localUri, volume }: Bare): Promise<void> {
  await run('virsh', ['-q', '-c', localUri, 'destroy', id]);
  await run('virsh', ['-q', '-c', localUri, 'vol-delete', volume, 'diecast']);
}
