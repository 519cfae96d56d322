/** node-libvirt as a candidate of `npm run bench -- libvirt`: commands on standard input, see peer-process.ts. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { downloadVolume, Libvirt, uploadVolume } from '../../../libs/node-libvirt/src/index.js';
import type {
  CallName,
  CallsCommand,
  ConnectionsCommand,
  OpenCommand,
  PeerCommand,
  TransferCommand,
} from './commands.js';

type Calls = Readonly<Record<CallName, () => Promise<unknown>>>;

const prepared = new Map<string, Calls>();

async function prepare({ uri, connections }: OpenCommand): Promise<Calls> {
  const host = new Libvirt(uri, connections === undefined ? {} : { connections });
  const { dom } = await host.domain.lookupByName({ name: 'test' });
  return {
    info: () => host.domain.getInfo({ dom }),
    xml: () => host.domain.getXmlDesc({ dom }),
    list: () => host.connect.listAllDomains(),
  };
}

async function calls({ transport, call, callers, count }: CallsCommand): Promise<void> {
  const make = prepared.get(transport)?.[call];
  if (make === undefined) throw new Error(`${transport} is not open`);
  const share = Math.floor(count / callers);
  const caller = async (): Promise<void> => {
    for (let made = 0; made < share; made += 1) await make();
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

async function transfer({ do: direction, uri, pool: name, volume, path }: TransferCommand): Promise<void> {
  const host = new Libvirt(uri);
  const { pool } = await host.storagePool.lookupByName({ name });
  const { vol } = await host.storageVol.lookupByName({ pool, name: volume });
  // The others are not asked to look for holes either.
  if (direction === 'upload') await uploadVolume(host, vol, path, { sparse: false });
  else await downloadVolume(host, vol, path, { sparse: false });
  host.close();
}

async function connections({ uri, count, callers }: ConnectionsCommand): Promise<object> {
  const kept: Libvirt[] = [];
  const opener = async (): Promise<void> => {
    for (let made = 0; made < Math.floor(count / callers); made += 1) {
      const host = new Libvirt(uri);
      await host.connect.getLibVersion();
      kept.push(host);
    }
  };
  const before = await residentBytes();
  const began = performance.now();
  await Promise.all(Array.from({ length: callers }, opener));
  const answer = { seconds: secondsSince(began), bytes: (await residentBytes()) - before };
  for (const host of kept) host.close();
  return answer;
}

async function residentBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * 1024;
}

const secondsSince = (began: number): number => (performance.now() - began) / 1000;

async function timed(work: Promise<void>): Promise<object> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await work;
  const seconds = secondsSince(began);
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

async function obey(command: PeerCommand): Promise<object> {
  switch (command.do) {
    case 'open':
      prepared.set(command.transport, await prepare(command));
      return {};
    case 'calls':
      return timed(calls(command));
    case 'upload':
    case 'download':
      return timed(transfer(command));
    case 'connections':
      return connections(command);
  }
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line) as PeerCommand))}\n`);
process.exit(0);
