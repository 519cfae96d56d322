import { readdir, readFile } from 'node:fs/promises';
import type { Instance } from '@diecast/model';
import { run } from '../../apps/lab/src/run.js';
import type { LabHost } from '../../apps/lab/src/lab.js';
import type { World } from './world.js';

/** What a host itself shows, past Diecast and past its libvirtd. */
type Seen = {
  readonly host: string;
  /** UUID and state, as virsh says. */
  readonly domains: ReadonlyMap<string, string>;
  /** Names of the pool's files. */
  readonly files: readonly string[];
};

async function lookAt({ name, localUri, poolDir }: LabHost): Promise<Seen> {
  const said = await run('virsh', ['-c', localUri, 'list', '--all', '--uuid']);
  const uuids = said.split('\n').filter((line) => line.trim() !== '');
  const domains = new Map<string, string>();
  for (const line of uuids) {
    const uuid = line.trim();
    domains.set(uuid, (await run('virsh', ['-c', localUri, 'domstate', uuid])).trim());
  }
  return { host: name, domains, files: await readdir(poolDir) };
}

/** UUIDs of all QEMUs of this machine's hosts: a process that its libvirtd has forgotten is here too. */
async function processesOf(lab: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    const uuid = /^[^\0]*qemu-system[^\0]*\0.*\0-uuid\0([0-9a-f-]{36})\0/s.exec(command)?.[1];
    const where = await readFile(`/proc/${entry}/mountinfo`, 'utf8').catch(() => '');
    if (uuid !== undefined && where.includes(lab)) found.push(uuid);
  }
  return found;
}

/** A status that a machine may be in when nothing works on it. */
const isSettled = (status: Instance['status']): boolean => status === 'available' || status === 'standby';

function againstMachines(seen: readonly Seen[], instances: readonly Instance[]): string[] {
  const problems: string[] = [];
  const where = new Map<string, string[]>();
  for (const { host, domains } of seen)
    for (const uuid of domains.keys()) where.set(uuid, [...(where.get(uuid) ?? []), host]);
  for (const [uuid, hosts] of where) {
    const instance = instances.find(({ id }) => id === uuid);
    if (instance === undefined) problems.push(`domain ${uuid} on ${hosts.join('+')} belongs to nobody`);
    else if (hosts.length > 1) problems.push(`domain ${uuid} is on ${hosts.join(' and ')}`);
    else if (hosts[0] !== instance.host)
      problems.push(`domain ${uuid} is on ${hosts[0]}, the store says ${instance.host}`);
  }
  for (const { id, host, status } of instances) {
    const state = seen.find((each) => each.host === host)?.domains.get(id);
    const expected = status === 'standby' ? 'paused' : 'running';
    if (isSettled(status) && state !== expected)
      problems.push(`instance ${id} is ${status} on ${host}, its domain is ${state ?? 'not there'}`);
    else if (!isSettled(status)) problems.push(`instance ${id} is left ${status} though nothing works on it`);
  }
  return problems;
}

async function againstFiles({ services: { store } }: World, { host, files }: Seen): Promise<string[]> {
  const recorded = await store.hostFiles.onHost(host);
  const owners = new Set([
    ...(await store.instances.reserved()).map(({ id }) => id),
    ...(await store.snapshots.list({ limit: 500 })).items
      .filter(({ status }) => status === 'ready')
      .map(({ id }) => id),
    ...(await store.images.list({ limit: 500 })).items.map(({ digest }) => digest as string),
  ]);
  const known = new Set(recorded.map(({ name }) => name));
  return [
    ...files.filter((name) => !known.has(name)).map((name) => `file ${name} on ${host} is nobody's`),
    ...recorded.flatMap(({ name, state, owner, kind }) => [
      ...(files.includes(name) ? [] : [`file ${name} is recorded on ${host} and not there`]),
      ...(state === 'present' ? [] : [`file ${name} on ${host} is left ${state}`]),
      ...(kind === 'blob' || owners.has(owner)
        ? []
        : [`file ${name} on ${host} is of ${owner}, which is gone`]),
    ]),
  ];
}

/** Declaring a service asks for a rollout; here nobody carries it. */
const OF_CONTROLLERS: ReadonlySet<string> = new Set(['service.rollout']);

/** Who has an address or room without being there, and who works on what though nothing runs. */
async function againstStore({ services: { store } }: World): Promise<string[]> {
  const reserved = await store.instances.reserved();
  const promised = (await store.instances.load()).reduce((sum, host) => sum + host.instances, 0);
  const addresses = reserved.flatMap(({ address }) => address ?? []);
  const open = await store.operations.open();
  const snapshots = (await store.snapshots.list({ limit: 500 })).items;
  return [
    ...(new Set(addresses).size === addresses.length ? [] : ['two instances have one address']),
    ...(promised === reserved.length ? [] : ['a host keeps room for a machine that is not on its way there']),
    ...reserved
      .filter(({ status }) => status === 'failed')
      .map(({ id }) => `instance ${id} failed and was not cleared away`),
    ...open
      .filter(({ kind }) => !OF_CONTROLLERS.has(kind))
      .map(({ id, kind }) => `operation ${kind} ${id} is still open`),
    ...snapshots
      .filter(({ status }) => status === 'creating' || status === 'deleting')
      .map(({ id, status }) => `snapshot ${id} is left ${status}`),
  ];
}

/** An available machine answers as itself. */
async function againstGuests(instances: readonly Instance[]): Promise<string[]> {
  const asked = instances.map(async ({ id, address, status }) => {
    if (status !== 'available' || address === null) return [];
    try {
      const answer = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(10_000) });
      const { instance } = (await answer.json()) as { instance: string };
      return instance === id ? [] : [`${address} answers as ${instance} and not as ${id}`];
    } catch (error) {
      return [`instance ${id} does not answer at ${address}: ${String(error)}`];
    }
  });
  return (await Promise.all(asked)).flat();
}

/** Everything that should not be so, in sentences; nothing when all is well. */
export async function violations(world: World): Promise<readonly string[]> {
  const seen = await Promise.all(world.lab.hosts.map(lookAt));
  const instances = await world.services.store.instances.live();
  const domains = seen.flatMap((each) => [...each.domains.keys()]);
  const processes = await processesOf(world.lab.dir);
  const strays = processes.filter((uuid) => !domains.includes(uuid));
  const twice = processes.filter((uuid, index) => processes.indexOf(uuid) !== index);
  const perHost = await Promise.all(seen.map((each) => againstFiles(world, each)));
  return [
    ...againstMachines(seen, instances),
    ...strays.map((uuid) => `QEMU ${uuid} runs unknown to every libvirtd`),
    ...twice.map((uuid) => `QEMU ${uuid} runs twice`),
    ...perHost.flat(),
    ...(await againstStore(world)),
    ...(await againstGuests(instances)),
  ];
}
