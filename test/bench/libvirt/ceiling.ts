/**
 * What the daemon answers at most, as a candidate of `npm run bench -- libvirt`: packets that were made beforehand, written
 * to several sockets, of whose answers only the length is read. No client can be faster; commands as in peer-process.ts.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { P } from '../../../libs/node-libvirt/src/index.js';
import type { Procedure } from '../../../libs/node-libvirt/src/procedures/procedure.js';
import { sessionProcedures } from '../../../libs/node-libvirt/src/procedures/session.js';
import { decode } from '../../../libs/node-libvirt/src/wire/codec.js';
import { encodeCall, HEADER_BYTES, stampSerial } from '../../../libs/node-libvirt/src/wire/packet.js';
import type { CallName, CallsCommand, OpenCommand } from './commands.js';

const SOCKETS = 8;
/** libvirtd stops reading a connection with five open calls. */
const OPEN_CALLS = 4;

function packetOf<A>(procedure: Procedure<A, unknown>, args: A): Buffer {
  const packet = encodeCall(procedure, args);
  stampSerial(packet, 1);
  return packet;
}

async function roundTrip(socket: Socket, packet: Buffer): Promise<Buffer> {
  socket.write(packet);
  const parts: Buffer[] = [];
  for (;;) {
    const [part] = (await once(socket, 'data')) as [Buffer];
    parts.push(part);
    const whole = Buffer.concat(parts);
    if (whole.length >= 4 && whole.length >= whole.readUInt32BE(0)) return whole;
  }
}

type Probe = { readonly packet: Buffer; readonly answerBytes: number };
let sockets: readonly Socket[] = [];
let probes: Readonly<Record<CallName, Probe>> | undefined;

async function open({ uri }: OpenCommand): Promise<void> {
  const path = new URL(uri).searchParams.get('socket') ?? '';
  sockets = await Promise.all(
    Array.from({ length: SOCKETS }, async () => {
      const socket = connect(path);
      await once(socket, 'connect');
      await roundTrip(socket, packetOf(sessionProcedures.authList, {}));
      await roundTrip(socket, packetOf(sessionProcedures.open, { name: 'test:///default' }));
      return socket;
    }),
  );
  const [socket] = sockets;
  if (socket === undefined) throw new Error('no socket');
  const lookup = await roundTrip(socket, packetOf(P.domain.lookupByName, { name: 'test' }));
  const { dom } = decode(P.domain.lookupByName.result, lookup.subarray(HEADER_BYTES));
  const probe = async (packet: Buffer): Promise<Probe> => ({
    packet,
    answerBytes: (await roundTrip(socket, packet)).length,
  });
  probes = {
    info: await probe(packetOf(P.domain.getInfo, { dom })),
    xml: await probe(packetOf(P.domain.getXmlDesc, { dom })),
    list: await probe(packetOf(P.connect.listAllDomains, {})),
  };
}

async function calls({ call, count }: CallsCommand): Promise<object> {
  const probe = probes?.[call];
  if (probe === undefined) throw new Error('not open');
  const began = performance.now();
  await Promise.all(sockets.map((socket) => callsOn(socket, probe, Math.floor(count / SOCKETS))));
  return { seconds: (performance.now() - began) / 1000 };
}

function callsOn(socket: Socket, { packet, answerBytes }: Probe, count: number): Promise<void> {
  return new Promise((resolve) => {
    let toSend = count;
    let toReceive = count * answerBytes;
    let answered = 0;
    const send = (room: number): void => {
      const now = Math.min(room, toSend);
      toSend -= now;
      if (now > 0) socket.write(now === 1 ? packet : Buffer.concat(Array<Buffer>(now).fill(packet)));
    };
    const receive = ({ length }: Buffer): void => {
      toReceive -= length;
      const answers = Math.floor((count * answerBytes - toReceive) / answerBytes) - answered;
      answered += answers;
      send(answers);
      if (toReceive > 0) return;
      socket.off('data', receive);
      resolve();
    };
    socket.on('data', receive);
    send(OPEN_CALLS);
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as OpenCommand | CallsCommand;
  const answer = command.do === 'open' ? await open(command) : await calls(command);
  process.stdout.write(`${JSON.stringify(answer ?? {})}\n`);
}
process.exit(0);
