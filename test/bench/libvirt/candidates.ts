import { join } from 'node:path';
import { run } from '../../../apps/lab/src/run.js';
import { startPeer, type PeerProcess } from '../peer-process.js';

/** Clients of libvirt that can do all that is measured. */
export const CLIENTS = ['node-libvirt', 'python3-libvirt', 'go-libvirt'] as const;
export type ClientName = (typeof CLIENTS)[number];
export type Starters = Readonly<Record<ClientName, () => PeerProcess>>;

const TYPESCRIPT = join(import.meta.dirname, '..', '..', 'harness', 'typescript.mjs');
const here = (file: string): string => join(import.meta.dirname, file);
const startNode = (file: string): PeerProcess =>
  startPeer(process.execPath, ['--import', TYPESCRIPT, here(file)]);

export async function prepareClients(scratch: string): Promise<Starters> {
  const goProgram = await buildGo(scratch);
  return {
    'node-libvirt': () => startNode('peer.ts'),
    // Debian's own, whatever else is called python3 on this machine.
    'python3-libvirt': () => startPeer('/usr/bin/python3', [here('peer.py')]),
    'go-libvirt': () => startPeer(goProgram, []),
  };
}

export const startCeiling = (): PeerProcess => startNode('ceiling.ts');

/** With the sources that Debian packages, and without asking anybody on the network. */
async function buildGo(scratch: string): Promise<string> {
  const program = join(scratch, 'go-peer');
  await run('env', [
    ...['GO111MODULE=off', 'GOPATH=/usr/share/gocode', 'GOPROXY=off', `GOCACHE=${join(scratch, 'go-cache')}`],
    ...['go', 'build', '-o', program, here('peer.go')],
  ]);
  return program;
}
