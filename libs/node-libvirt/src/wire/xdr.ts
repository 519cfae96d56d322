import { LibvirtTransportError } from '../errors.js';

/** XDR (RFC 4506): big endian, everything padded to four bytes. Strings are UTF-8 of at most 4 MiB, as libvirt limits them. */
export const STRING_LIMIT = 4_194_304;
/** Most calls fit into this. */
const FIRST_BYTES = 256;

const padding = (length: number): number => (4 - (length % 4)) % 4;
const broken = (message: string): LibvirtTransportError => new LibvirtTransportError('protocol', message);

export class XdrWriter {
  // What nobody wrote is not sent either, so it need not be zeroed first.
  private buffer = Buffer.allocUnsafe(FIRST_BYTES);
  private length: number;

  /** @param reserved bytes at the start that somebody else writes */
  constructor(reserved = 0) {
    this.length = reserved;
  }

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
    const at = this.padded(bytes.length);
    this.buffer.set(bytes, at);
  }
  /** Bytes without a length, given as hexadecimal digits. @returns how many bytes that were */
  hex(digits: string): number {
    const at = this.padded(digits.length / 2);
    return this.buffer.write(digits, at, 'hex');
  }
  opaque(bytes: Uint8Array, limit: number): void {
    this.lengthWord(bytes.length, limit);
    this.fixed(bytes);
  }
  string(text: string): void {
    const bytes = Buffer.byteLength(text, 'utf8');
    this.lengthWord(bytes, STRING_LIMIT);
    const at = this.padded(bytes);
    this.buffer.write(text, at, 'utf8');
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private lengthWord(bytes: number, limit: number): void {
    if (bytes > limit) throw new RangeError(`${bytes} bytes do not fit into a field of ${limit}`);
    this.uint(bytes);
  }

  /** Room for bytes and the zeros that follow them. */
  private padded(bytes: number): number {
    const at = this.room(bytes + padding(bytes));
    if (bytes % 4 !== 0) this.buffer.writeUInt32BE(0, this.length - 4);
    return at;
  }

  private room(bytes: number): number {
    const at = this.length;
    this.length += bytes;
    if (this.length > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.length, this.buffer.length * 2));
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
  /** Bytes without a length. A copy: what they were read from may be a thousand times as large. */
  fixed(length: number): Buffer {
    const at = this.take(length + padding(length));
    return Buffer.from(this.buffer.subarray(at, at + length));
  }
  /** The same as hexadecimal digits. */
  hex(length: number): string {
    const at = this.take(length + padding(length));
    return this.buffer.toString('hex', at, at + length);
  }
  opaque(limit: number): Buffer {
    return this.fixed(this.count(limit));
  }
  string(): string {
    const length = this.count(STRING_LIMIT);
    const at = this.take(length + padding(length));
    return this.buffer.toString('utf8', at, at + length);
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
