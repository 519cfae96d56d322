import type { Bench, BenchOptions } from './bench.js';
import { CLIENTS, prepareClients, startCeiling, type Starters } from './libvirt/candidates.js';
import { CALLS, TRANSPORTS, type CallName, type Transport } from './libvirt/commands.js';
import {
  CEILING,
  CONNECTIONS,
  FOUR,
  measureConnections,
  measurePipelined,
  measureSerial,
  measureTransfers,
  PIPELINED,
  type Peers,
  type Stage,
} from './libvirt/measurements.js';
import { setTheScene, type Scene } from './libvirt/scene.js';
import { ratiosOf, type Figures } from './libvirt/summary.js';
import { tableLine, type Medians, type Sample } from './rounds.js';

export const libvirtBench: Bench = {
  summary: 'node-libvirt, python3-libvirt, go-libvirt and virsh on one private libvirtd',
  async run(options) {
    const scene = await setTheScene();
    try {
      const starters = await prepareClients(scene.scratch);
      const peers = await openPeers(scene, starters);
      try {
        return await report({ scene, starters, peers, rounds: options.rounds }, options);
      } finally {
        await Promise.all(Object.values(peers).map((peer) => peer.end()));
      }
    } finally {
      await scene.close();
    }
  },
};

async function openPeers(scene: Scene, starters: Starters): Promise<Peers> {
  const peers: Peers = {
    'node-libvirt': starters['node-libvirt'](),
    'python3-libvirt': starters['python3-libvirt'](),
    'go-libvirt': starters['go-libvirt'](),
    [FOUR]: starters['node-libvirt'](),
    [CEILING]: startCeiling(),
  };
  const open = (name: keyof Peers, transport: Transport, more = {}): Promise<unknown> =>
    peers[name].ask({ do: 'open', transport, uri: scene.calls[transport], ...more });
  for (const transport of TRANSPORTS) {
    for (const name of CLIENTS) await open(name, transport);
    await open(FOUR, transport, { connections: 4 });
  }
  await open(CEILING, 'unix');
  return peers;
}

async function report(stage: Stage, { say }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  const { scene } = stage;
  say(`${scene.daemon}, drivers test and storage, ${scene.settings}, files on ${scene.fileSystem}`);
  // What takes long is repeated less often.
  const short = { ...stage, rounds: Math.ceil(stage.rounds / 2) };

  async function told<S extends Sample>(title: string, unit: keyof S & string, work: Promise<Medians<S>>) {
    const medians = await work;
    say(tableLine(title, medians, unit));
    return medians;
  }

  async function overCalls(measure: (call: CallName) => ReturnType<typeof measureSerial>) {
    const found: [CallName, Awaited<ReturnType<typeof measureSerial>>][] = [];
    for (const call of CALLS) found.push([call, await told(call, 'rate', measure(call))]);
    return Object.fromEntries(found) as Figures['serial'];
  }

  say('calls a second, one after another');
  const serial = await overCalls((call) => measureSerial(stage, 'unix', call));
  say(`calls a second, ${PIPELINED.callers} callers at once`);
  const pipelined = await overCalls((call) => measurePipelined(stage, 'unix', call));
  say('calls a second over TLS');
  const serialTls = await told('info, one after another', 'rate', measureSerial(short, 'tls', 'info'));
  const pipelinedTls = await told('info, at once', 'rate', measurePipelined(short, 'tls', 'info'));
  say('megabytes a second, a file of 1 GiB');
  const upload = await told('upload', 'rate', measureTransfers(short, 'unix', 'upload'));
  const download = await told('download', 'rate', measureTransfers(short, 'unix', 'download'));
  const uploadTls = await told('upload over TLS', 'rate', measureTransfers(short, 'tls', 'upload'));
  const downloadTls = await told('download over TLS', 'rate', measureTransfers(short, 'tls', 'download'));
  say(`megabytes of memory for ${CONNECTIONS.count} connections`);
  const connections = await told('unix', 'megabytes', measureConnections(short, 'unix'));
  const connectionsTls = await told('TLS', 'megabytes', measureConnections({ ...short, rounds: 1 }, 'tls'));

  const figures = { serial, pipelined, upload, download, uploadTls, downloadTls };
  const ratios = ratiosOf(figures);
  say(`node-libvirt to the others: ${JSON.stringify(ratios)}`);
  return {
    ratios,
    connections1000Mb: Math.round(connections['node-libvirt']?.megabytes ?? NaN),
    figures: { ...figures, serialTls, pipelinedTls, connections, connectionsTls },
    daemon: scene.daemon,
    settings: scene.settings,
    fileSystem: scene.fileSystem,
  };
}
