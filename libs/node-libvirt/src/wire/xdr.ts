import { LibvirtTransportError } from '../errors.js';

/** XDR (RFC 4506): big endian, everything padded to four bytes. Strings are UTF-8 of at most 4 MiB, as libvirt limits them. */
export const STRING_LIMIT = 4_194_304;

const padding = (length: number): number => (4 - (length % 4)) % 4;
const broken = (message: string): LibvirtTransportError => new LibvirtTransportError('protocol', message);

export class XdrWriter {
  private buffer = Buffer.alloc(256);
  private length = 0;

  // room() may move the buffer, so it comes before anything that names it.
  int(value: number): void {
    const at = this.room(4);
    this.buffer.writeInt32BE(value, at);
  }
  uint(value: number): void {
    const at = this.room(4);
    this.buffer.writeUInt32BE(value >>> 0, at);
  }
  hyper(value: bigint): void {
    const at = this.room(8);
    this.buffer.writeBigInt64BE(value, at);
  }
  uhyper(value: bigint): void {
    const at = this.room(8);
    this.buffer.writeBigUInt64BE(value, at);
  }
  double(value: number): void {
    const at = this.room(8);
    this.buffer.writeDoubleBE(value, at);
  }
  /** Bytes without a length, padded. */
  fixed(bytes: Uint8Array): void {
    const at = this.room(bytes.length + padding(bytes.length));
    this.buffer.set(bytes, at);
    this.buffer.fill(0, at + bytes.length, this.length);
  }
  opaque(bytes: Uint8Array, limit: number): void {
    if (bytes.length > limit) throw broken(`${bytes.length} bytes do not fit into a field of ${limit}`);
    this.uint(bytes.length);
    this.fixed(bytes);
  }
  string(text: string): void {
    this.opaque(Buffer.from(text, 'utf8'), STRING_LIMIT);
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private room(bytes: number): number {
    const at = this.length;
    this.length += bytes;
    if (this.length > this.buffer.length) {
      const larger = Buffer.alloc(Math.max(this.length, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, at);
      this.buffer = larger;
    }
    return at;
  }
}

/** Reads what a peer sent; trusts no length. @throws LibvirtTransportError `protocol` */
export class XdrReader {
  private offset = 0;
  constructor(private readonly buffer: Buffer) {}

  int(): number {
    return this.buffer.readInt32BE(this.take(4));
  }
  uint(): number {
    return this.buffer.readUInt32BE(this.take(4));
  }
  hyper(): bigint {
    return this.buffer.readBigInt64BE(this.take(8));
  }
  uhyper(): bigint {
    return this.buffer.readBigUInt64BE(this.take(8));
  }
  double(): number {
    return this.buffer.readDoubleBE(this.take(8));
  }
  fixed(length: number): Buffer {
    const at = this.take(length + padding(length));
    return Buffer.from(this.buffer.subarray(at, at + length));
  }
  opaque(limit: number): Buffer {
    return this.fixed(this.count(limit));
  }
  string(): string {
    return this.opaque(STRING_LIMIT).toString('utf8');
  }
  /** A length or count, checked against its limit and against what is left (every item takes at least one byte). */
  count(limit: number): number {
    const count = this.uint();
    if (count > limit || count > this.left)
      throw broken(`a length of ${count} exceeds its limit (${Math.min(limit, this.left)})`);
    return count;
  }
  rest(): Buffer {
    return this.buffer.subarray(this.offset);
  }
  get left(): number {
    return this.buffer.length - this.offset;
  }

  private take(bytes: number): number {
    if (bytes > this.left) throw broken(`the message ends ${bytes - this.left} bytes too early`);
    const at = this.offset;
    this.offset += bytes;
    return at;
  }
}
