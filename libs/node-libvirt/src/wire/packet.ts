import { LibvirtTransportError } from '../errors.js';

/** virnetprotocol: u32 length, then program, version, procedure, type, serial, status, payload. */
export const PROGRAM = { remote: 0x20008086, qemu: 0x20008087, keepalive: 0x6b656570 } as const;
export const MESSAGE_TYPE = { call: 0, reply: 1, message: 2, stream: 3, streamHole: 6 } as const;
export const STATUS = { ok: 0, error: 1, continue: 2 } as const;
export const HEADER_BYTES = 28;
/** VIR_NET_MESSAGE_MAX plus the length word. */
export const PACKET_LIMIT = 33_554_432 + 4;

export type Packet = {
  readonly program: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
  readonly payload: Buffer;
};

export function encodePacket(packet: Packet): Buffer {
  const length = HEADER_BYTES + packet.payload.length;
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32BE(length, 0);
  head.writeUInt32BE(packet.program, 4);
  head.writeUInt32BE(1, 8);
  head.writeInt32BE(packet.procedure, 12);
  head.writeUInt32BE(packet.type, 16);
  head.writeUInt32BE(packet.serial, 20);
  head.writeUInt32BE(packet.status, 24);
  return packet.payload.length === 0 ? head : Buffer.concat([head, packet.payload], length);
}

const decodePacket = (frame: Buffer): Packet => ({
  program: frame.readUInt32BE(4),
  procedure: frame.readInt32BE(12),
  type: frame.readUInt32BE(16),
  serial: frame.readUInt32BE(20),
  status: frame.readUInt32BE(24),
  payload: frame.subarray(HEADER_BYTES),
});

/** Cuts a byte stream into packets. Holds at most one unfinished packet, whose size it checks before it waits for it. */
export class PacketSplitter {
  private chunks: Buffer[] = [];
  private held = 0;

  /** @throws LibvirtTransportError `protocol` for a length that no honest peer sends */
  push(chunk: Buffer): Packet[] {
    this.chunks.push(chunk);
    this.held += chunk.length;
    const packets: Packet[] = [];
    for (;;) {
      if (this.held < 4) return packets;
      const length = this.peekLength();
      if (length < HEADER_BYTES || length > PACKET_LIMIT) {
        throw new LibvirtTransportError('protocol', `the peer announced a packet of ${length} bytes`);
      }
      if (this.held < length) return packets;
      const all =
        this.chunks.length === 1 && this.chunks[0] !== undefined
          ? this.chunks[0]
          : Buffer.concat(this.chunks);
      packets.push(decodePacket(all.subarray(0, length)));
      this.chunks = all.length === length ? [] : [all.subarray(length)];
      this.held = all.length - length;
    }
  }

  private peekLength(): number {
    const [first] = this.chunks;
    if (first !== undefined && first.length >= 4) return first.readUInt32BE(0);
    this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0]?.readUInt32BE(0) ?? 0;
  }
}
