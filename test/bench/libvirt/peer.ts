/** node-libvirt as a candidate of `npm run bench -- libvirt`: commands on standard input, see peer-process.ts. */
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { Libvirt, STREAM_CHUNK } from '../../../libs/node-libvirt/src/index.js';
import type { CallName, CallsCommand, ConnectionsCommand, PeerCommand, TransferCommand } from './commands.js';

type Calls = Readonly<Record<CallName, () => Promise<unknown>>>;

const prepared = new Map<string, Calls>();

async function prepare(uri: string): Promise<Calls> {
  const host = new Libvirt(uri);
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

async function upload({ uri, pool: name, volume, path, bytes }: TransferCommand): Promise<void> {
  const host = new Libvirt(uri);
  const { pool } = await host.storagePool.lookupByName({ name });
  const { vol } = await host.storageVol.lookupByName({ pool, name: volume });
  const stream = await host.storageVol.upload({ vol, offset: 0n, length: BigInt(bytes) });
  await pipeline(createReadStream(path, { highWaterMark: STREAM_CHUNK }), stream);
  host.close();
}

async function download({ uri, pool: name, volume, path, bytes }: TransferCommand): Promise<void> {
  const host = new Libvirt(uri);
  const { pool } = await host.storagePool.lookupByName({ name });
  const { vol } = await host.storageVol.lookupByName({ pool, name: volume });
  const stream = await host.storageVol.download({ vol, offset: 0n, length: BigInt(bytes) });
  await pipeline(stream, createWriteStream(path));
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
      prepared.set(command.transport, await prepare(command.uri));
      return {};
    case 'calls':
      return timed(calls(command));
    case 'upload':
      return timed(upload(command));
    case 'download':
      return timed(download(command));
    case 'connections':
      return connections(command);
  }
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line) as PeerCommand))}\n`);
process.exit(0);
