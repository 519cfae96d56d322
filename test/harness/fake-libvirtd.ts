import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair, type Duplex } from 'node:stream';

/** A packet as it lies on the wire, right or wrong. */
export type Frame = {
  /** What the packet says of its length; by default the truth. */
  readonly length?: number;
  readonly program: number;
  readonly version?: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
  readonly payload: Uint8Array;
};

const HEADER = 28;
const REPLY = 1;
const STREAM = 3;
const CONTINUE = 2;

export function frameBytes(frame: Frame): Buffer {
  const { program, version = 1, procedure, type, serial, status, payload } = frame;
  const bytes = Buffer.alloc(HEADER + payload.length);
  const words = [frame.length ?? bytes.length, program, version, procedure, type, serial, status];
  words.forEach((word, index) => bytes.writeUInt32BE(word >>> 0, index * 4));
  bytes.set(payload, HEADER);
  return bytes;
}

/** Words of four bytes, as most of XDR is. */
export function wordBytes(...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => bytes.writeUInt32BE(word >>> 0, index * 4));
  return bytes;
}

const OPEN = 1;
/** What a client may call before it opens, and the answers. AUTH_LIST: one way, none. CONNECT_SUPPORTS_FEATURE: yes. */
const HANDSHAKE: Readonly<Record<number, Uint8Array>> = { 66: wordBytes(1, 0), 60: wordBytes(1) };

/** The far side of one connection. It understands packets, and does nothing by itself. */
export class FakeLibvirtd {
  /** Everything that came, in order. */
  readonly seen: Frame[] = [];
  private unread = Buffer.alloc(0);
  private wake: () => void = () => undefined;

  constructor(readonly wire: Duplex) {
    wire.on('error', () => undefined);
    wire.on('data', (chunk: Buffer) => this.read(chunk));
  }

  /** The first packet that fits, once it has come. */
  async saw(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.seen.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  send(bytes: Uint8Array): void {
    if (this.wire.writable) this.wire.write(bytes);
  }

  answer({ program, procedure, serial }: Frame, payload: Uint8Array = Buffer.alloc(0), status = 0): void {
    this.send(frameBytes({ program, procedure, serial, type: REPLY, status, payload }));
  }

  /** A packet of a stream; without a payload the end of the data. */
  stream(
    { program, procedure, serial }: Frame,
    payload: Uint8Array = Buffer.alloc(0),
    status = CONTINUE,
  ): void {
    this.send(frameBytes({ program, procedure, serial, type: STREAM, status, payload }));
  }

  /** Lets a client in, as libvirtd does. */
  async welcome(): Promise<void> {
    for (let calls = 0; ; calls += 1) {
      const call = await this.saw((frame) => this.seen.indexOf(frame) === calls);
      this.answer(call, HANDSHAKE[call.procedure]);
      if (call.procedure === OPEN) return;
    }
  }

  private read(chunk: Buffer): void {
    this.unread = Buffer.concat([this.unread, chunk]);
    while (this.unread.length >= HEADER && this.unread.length >= this.unread.readUInt32BE(0)) {
      const length = this.unread.readUInt32BE(0);
      const word = (index: number): number => this.unread.readUInt32BE(index * 4);
      const [program, procedure, type, serial, status] = [word(1), word(3), word(4), word(5), word(6)];
      const payload = Buffer.from(this.unread.subarray(HEADER, length));
      this.seen.push({ program, procedure, type, serial, status, payload });
      this.unread = this.unread.subarray(length);
    }
    this.wake();
  }
}

/** A socket whose other end is the fake, in memory: what is written in pieces arrives in these pieces. */
export function fakeSocket(): { readonly socket: Duplex; readonly daemon: FakeLibvirtd } {
  const [socket, far] = duplexPair();
  return { socket, daemon: new FakeLibvirtd(far) };
}

/** A unix socket with a fake behind every connection. */
export class FakeLibvirtdSocket {
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly path: string,
    private readonly folder: string,
    private readonly server: Server,
  ) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      this.onConnection(new FakeLibvirtd(socket));
    });
  }

  onConnection: (daemon: FakeLibvirtd) => void = () => undefined;

  static async listen(): Promise<FakeLibvirtdSocket> {
    const folder = await mkdtemp(join(tmpdir(), 'fake-libvirtd-'));
    const path = join(folder, 'socket');
    const server = createServer();
    server.listen(path);
    await once(server, 'listening');
    return new FakeLibvirtdSocket(path, folder, server);
  }

  /** Connections that are open. */
  get open(): number {
    return this.sockets.size;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await rm(this.folder, { recursive: true });
  }
}
