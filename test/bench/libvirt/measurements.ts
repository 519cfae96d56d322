import type { PeerProcess } from '../peer-process.js';
import { measureInTurns, type Candidates, type Medians } from '../rounds.js';
import { CLIENTS, type ClientName, type Starters } from './candidates.js';
import type {
  CallName,
  CallsCommand,
  ConnectionsAnswer,
  Timing,
  TransferCommand,
  Transport,
} from './commands.js';
import type { Scene } from './scene.js';
import { virshCalls, virshTransfer } from './virsh.js';

/** node-libvirt when it may share four connections instead of two. */
export const FOUR = 'node-libvirt (4 connections)';
/** What only counts bytes. */
export const CEILING = 'ceiling';
export type Peers = Readonly<Record<ClientName | typeof FOUR | typeof CEILING, PeerProcess>>;

export type Stage = {
  readonly scene: Scene;
  readonly peers: Peers;
  readonly starters: Starters;
  readonly rounds: number;
};

export const SERIAL = { callers: 1, count: 3_000 } as const;
export const PIPELINED = { callers: 64, count: 12_800 } as const;
export const CONNECTIONS = { callers: 10, count: 1_000 } as const;

/** Calls a second, and microseconds of the client's own processor time for each. */
export type CallFigures = { readonly rate: number; readonly cpuMicros: number };
/** Megabytes (10⁶ bytes) a second. */
export type TransferFigures = { readonly rate: number };
/** Seconds until all are open, and megabytes that the process then has more of. */
export type ConnectionFigures = { readonly seconds: number; readonly megabytes: number };

const forEachClient = <T>(make: (name: ClientName) => T): Readonly<Record<string, T>> =>
  Object.fromEntries(CLIENTS.map((name) => [name, make(name)]));

/** One after another. virsh joins in for XML: that is the one call that a command of it makes besides the lookup. */
export function measureSerial(
  { scene, peers, rounds }: Stage,
  transport: Transport,
  call: CallName,
): Promise<Medians<CallFigures>> {
  const command: CallsCommand = { do: 'calls', transport, call, ...SERIAL };
  const virsh = async (): Promise<CallFigures> => {
    const seconds = await virshCalls(scene.calls[transport], SERIAL.count);
    return { rate: SERIAL.count / seconds, cpuMicros: NaN };
  };
  const clients = forEachClient((name) => () => callsOf(peers[name], command));
  return measureInTurns({ ...clients, ...(call === 'xml' ? { virsh } : {}) }, rounds);
}

/** Many callers at once, over what the client has for one host. */
export function measurePipelined(
  { peers, rounds }: Stage,
  transport: Transport,
  call: CallName,
): Promise<Medians<CallFigures>> {
  const command: CallsCommand = { do: 'calls', transport, call, ...PIPELINED };
  const names = [...CLIENTS, FOUR, ...(transport === 'unix' ? ([CEILING] as const) : [])] as const;
  return measureInTurns(
    Object.fromEntries(names.map((name) => [name, () => callsOf(peers[name], command)])),
    rounds,
  );
}

async function callsOf(peer: PeerProcess, command: CallsCommand): Promise<CallFigures> {
  const { seconds, cpuSeconds } = await peer.ask<Timing>(command);
  return { rate: command.count / seconds, cpuMicros: (cpuSeconds / command.count) * 1e6 };
}

export function measureTransfers(
  { scene, peers, rounds }: Stage,
  transport: Transport,
  direction: TransferCommand['do'],
): Promise<Medians<TransferFigures>> {
  const command: TransferCommand = {
    do: direction,
    uri: scene.storage[transport],
    path: direction === 'upload' ? scene.source : scene.target,
    ...scene.transfer,
  };
  const rateOf = (seconds: number): TransferFigures => ({ rate: command.bytes / 1e6 / seconds });
  // go-libvirt now and then waits for ever while it downloads over TLS: its reader stops with megabytes unread.
  const able = CLIENTS.filter(
    (name) => name !== 'go-libvirt' || transport === 'unix' || direction === 'upload',
  );
  const candidates: Candidates<TransferFigures> = {
    ...Object.fromEntries(
      able.map((name) => [name, async () => rateOf((await peers[name].ask<Timing>(command)).seconds)]),
    ),
    virsh: async () => rateOf(await virshTransfer(command)),
  };
  return measureInTurns(candidates, rounds);
}

/** In a process of its own each time: memory that another measurement left would hide what this one takes. */
export function measureConnections(
  { scene, starters, rounds }: Stage,
  transport: Transport,
): Promise<Medians<ConnectionFigures>> {
  const command = { do: 'connections', uri: scene.calls[transport], ...CONNECTIONS };
  const measure = async (peer: PeerProcess): Promise<ConnectionFigures> => {
    try {
      const { seconds, bytes } = await peer.ask<ConnectionsAnswer>(command);
      return { seconds, megabytes: bytes / 1e6 };
    } finally {
      await peer.end();
    }
  };
  return measureInTurns(
    forEachClient((name) => () => measure(starters[name]())),
    rounds,
  );
}
