import { LibvirtTransportError } from '../errors.js';
import { encode, type Codec } from './codec.js';

/** virnetprotocol: u32 length, then program, version, procedure, type, serial, status, payload. */
export const PROGRAM = { remote: 0x20008086, qemu: 0x20008087, keepalive: 0x6b656570 } as const;
export const MESSAGE_TYPE = { call: 0, reply: 1, message: 2, stream: 3, streamHole: 6 } as const;
export const STATUS = { ok: 0, error: 1, continue: 2 } as const;
export const HEADER_BYTES = 28;
const SERIAL_AT = 20;
const LENGTH_BYTES = 4;
/** A packet of a stream as libvirtd sends it. */
const FIRST_ROOM = 262_148;
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

/** Cuts a byte stream into packets, which it copies out of it. Holds at most one unfinished packet, whose size it checks. */
export class PacketSplitter {
  private readonly lengthWord = Buffer.alloc(LENGTH_BYTES);
  /** What is filled now: the length of the next packet, or room for the packet itself. */
  private room = this.lengthWord;
  private filled = 0;

  /** @throws LibvirtTransportError `protocol` for a length that no honest peer sends */
  push(chunk: Buffer): Packet[] {
    const packets: Packet[] = [];
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(this.room, this.filled, at);
      at += copied;
      this.filled += copied;
      if (this.filled < this.room.length) break;
      const length = this.announced();
      if (this.room.length < length) this.makeRoom(length);
      else packets.push(this.take());
    }
    return packets;
  }

  private announced(): number {
    const length = this.room.readUInt32BE(0);
    if (length < HEADER_BYTES || length > PACKET_LIMIT)
      throw new LibvirtTransportError('protocol', `the peer announced a packet of ${length} bytes`);
    return length;
  }

  /** For a large packet it grows with what has come: to announce one costs a peer nothing. */
  private makeRoom(length: number): void {
    const larger = Buffer.allocUnsafe(Math.min(length, Math.max(FIRST_ROOM, 2 * this.filled)));
    this.room.copy(larger, 0, 0, this.filled);
    this.room = larger;
  }

  private take(): Packet {
    const packet = decodePacket(this.room);
    this.room = this.lengthWord;
    this.filled = 0;
    return packet;
  }
}
