import { LibvirtTransportError } from '../errors.js';
import { encode, type Codec } from './codec.js';

/** virnetprotocol: u32 length, then program, version, procedure, type, serial, status, payload. */
export const PROGRAM = { remote: 0x20008086, qemu: 0x20008087, keepalive: 0x6b656570 } as const;
export const MESSAGE_TYPE = { call: 0, reply: 1, message: 2, stream: 3, streamHole: 6 } as const;
export const STATUS = { ok: 0, error: 1, continue: 2 } as const;
export const HEADER_BYTES = 28;
const SERIAL_AT = 20;
const LENGTH_BYTES = 4;
const SMALL_BYTES = 4096;
/** VIR_NET_MESSAGE_MAX plus the length word. */
export const PACKET_LIMIT = 33_554_432 + 4;

export type Header = {
  readonly program: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
};

export type Packet = Header & { readonly payload: Buffer };

/** A call as it leaves, but for its serial: that is given by `stampSerial` when there is room on the wire. */
export function encodeCall<A>(
  { program, number: procedure, args: codec }: CallDescription<A>,
  args: A,
): Buffer {
  const packet = encode(codec, args, HEADER_BYTES);
  const header = { program, procedure, type: MESSAGE_TYPE.call, serial: 0, status: STATUS.ok };
  return writeHeader(packet, header, packet.length);
}

type CallDescription<A> = { readonly program: number; readonly number: number; readonly args: Codec<A> };

export const stampSerial = (packet: Buffer, serial: number): number =>
  packet.writeUInt32BE(serial, SERIAL_AT);

/** What goes before a payload, which then need not be copied. */
export const encodeHeader = (header: Header, payloadBytes: number): Buffer =>
  writeHeader(Buffer.allocUnsafe(HEADER_BYTES), header, HEADER_BYTES + payloadBytes);

function writeHeader(packet: Buffer, header: Header, length: number): Buffer {
  packet.writeUInt32BE(length, 0);
  packet.writeUInt32BE(header.program, 4);
  packet.writeUInt32BE(1, 8);
  packet.writeInt32BE(header.procedure, 12);
  packet.writeUInt32BE(header.type, 16);
  packet.writeUInt32BE(header.serial, SERIAL_AT);
  packet.writeUInt32BE(header.status, 24);
  return packet;
}

const decodePacket = (frame: Buffer): Packet => ({
  program: frame.readUInt32BE(4),
  procedure: frame.readInt32BE(12),
  type: frame.readUInt32BE(16),
  serial: frame.readUInt32BE(SERIAL_AT),
  status: frame.readUInt32BE(24),
  payload: frame.subarray(HEADER_BYTES),
});

/** In memory of its own: a part of Node's pool would keep all the pool. */
function joined(first: Buffer, second: Buffer): Buffer {
  const both = Buffer.allocUnsafeSlow(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Cuts a byte stream into packets. Holds at most one unfinished packet, whose size it checks before it waits for it. */
export class PacketSplitter {
  private readonly held: Buffer[] = [];
  private heldBytes = 0;
  /** Bytes that have to be there before there is something to do. */
  private wanted = LENGTH_BYTES;

  /** @throws LibvirtTransportError `protocol` for a length that no honest peer sends */
  push(chunk: Buffer): Packet[] {
    this.hold(chunk);
    if (this.heldBytes < this.wanted) return [];
    const [first = chunk] = this.held;
    return this.cut(this.held.length === 1 ? first : Buffer.concat(this.held, this.heldBytes));
  }

  /** A buffer of one byte costs a hundred: small ones are joined, each with one of no more than its own size. */
  private hold(chunk: Buffer): void {
    this.heldBytes += chunk.length;
    let last = chunk;
    while (last.length < SMALL_BYTES) {
      const before = this.held.at(-1);
      if (before === undefined || before.length > last.length) break;
      this.held.pop();
      last = joined(before, last);
    }
    this.held.push(last);
  }

  private cut(bytes: Buffer): Packet[] {
    const packets: Packet[] = [];
    let at = 0;
    this.wanted = LENGTH_BYTES;
    while (bytes.length - at >= this.wanted) {
      const length = bytes.readUInt32BE(at);
      if (length < HEADER_BYTES || length > PACKET_LIMIT)
        throw new LibvirtTransportError('protocol', `the peer announced a packet of ${length} bytes`);
      if (bytes.length - at < length) {
        this.wanted = length;
        break;
      }
      packets.push(decodePacket(bytes.subarray(at, at + length)));
      at += length;
    }
    this.held.length = 0;
    this.heldBytes = bytes.length - at;
    if (this.heldBytes > 0) this.held.push(bytes.subarray(at));
    return packets;
  }
}
