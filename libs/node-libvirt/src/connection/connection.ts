import type { Duplex } from 'node:stream';
import { ANONYMOUS, authenticate, type AuthChoices } from '../auth/authenticate.js';
import { LibvirtError, LibvirtTransportError } from '../errors.js';
import { isSparse, type Procedure, type StreamProcedure } from '../procedures/procedure.js';
import { errorPayload } from '../procedures/references.js';
import { sessionProcedures as session } from '../procedures/session.js';
import { decode } from '../wire/codec.js';
import {
  encodeCall,
  encodeHeader,
  MESSAGE_TYPE,
  PacketSplitter,
  PROGRAM,
  stampSerial,
  STATUS,
  type Packet,
} from '../wire/packet.js';
import { publishCall } from './call-channel.js';
import type { CallOptions, WaitingOptions } from './call-options.js';
import { CallStream } from './call-stream.js';
import { CallTable } from './call-table.js';
import { Keepalive, SILENCE_MS } from './keepalive.js';
import { Outbox } from './outbox.js';

export type ConnectionOptions = CallOptions & {
  readonly readOnly?: boolean;
  /** Who we are, should the daemon ask. */
  readonly auth?: AuthChoices;
  /** False: the daemon shall not ping, so that it does not end the connection while a reader of ours makes a pause. */
  readonly daemonPings?: boolean;
};

const FEATURE_KEEPALIVE = 10;

/**
 * One socket to one daemon. Calls may be issued without limit: at most four are on the wire, the others wait here. When the
 * connection ends, everything that waits fails at once.
 */
export class Connection {
  private readonly splitter = new PacketSplitter();
  private readonly calls = new CallTable();
  private readonly streams = new Map<number, CallStream>();
  private readonly outbox: Outbox;
  private readonly keepalive: Keepalive;
  private readonly closing = new AbortController();
  private retired = false;

  /** Called for every message the daemon sends unasked. */
  onMessage: (packet: Packet) => void = () => undefined;

  private constructor(private readonly socket: Duplex) {
    this.outbox = new Outbox(socket);
    this.keepalive = new Keepalive(
      (packet, done) => this.outbox.send([packet], done),
      () => this.end(closed(`the daemon was silent for ${SILENCE_MS / 1000} s`)),
    );
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) => this.end(asTransportError(error)));
    socket.on('close', () => this.end(closed('the connection was closed')));
    socket.on('end', () => this.end(closed('the daemon closed the connection')));
  }

  /** Authenticates, turns keepalive on and opens the hypervisor named by its local URI, e.g. `qemu:///system`. */
  static async open(socket: Duplex, name: string, options: ConnectionOptions = {}): Promise<Connection> {
    const connection = new Connection(socket);
    try {
      const { auth = ANONYMOUS } = options;
      await authenticate((procedure, args) => connection.call(procedure, args, options), auth);
      if (options.daemonPings === false || (await connection.askForPings(options)))
        connection.keepalive.start();
      await connection.call(session.open, { name, flags: options.readOnly === true ? 1 : 0 }, options);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Aborts when the connection ends; the reason is why. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** @throws LibvirtError what the daemon answers; LibvirtTimeoutError; LibvirtTransportError when the connection ends */
  async call<A, R>(procedure: Procedure<A, R>, args: A, options: WaitingOptions = {}): Promise<R> {
    const reply = await this.roundTrip(procedure, args, options, () => undefined);
    return this.understand(() => decode(procedure.result, reply.payload));
  }

  /** A call that opens a stream, ready when this resolves. `options.signal` aborts the stream too, at any time. */
  async openStream<A, R>(
    procedure: StreamProcedure<A, R>,
    args: A,
    options: WaitingOptions = {},
  ): Promise<CallStream<R>> {
    let stream: CallStream<R> | undefined;
    try {
      // The stream is known before the reply is read: data may follow in the same packet of bytes.
      const reply = await this.roundTrip(procedure, args, options, (serial) => {
        stream = this.createStream(procedure, serial, isSparse(procedure, args));
      });
      if (stream === undefined) throw closed('the connection was closed');
      const answer = this.understand(() => decode(procedure.result, reply.payload));
      return stream.opened(answer, options.signal);
    } catch (error) {
      // The daemon may open it yet, and is then told to close it.
      stream?.destroy();
      throw error;
    }
  }

  /** Takes no notice of calls that were given up, and closes when nothing else waits or flows. */
  retire(): void {
    this.retired = true;
    this.closeIfIdle();
  }

  /** Calls that the daemon has yet to answer or that wait for room, also those that nobody waits for any more. */
  get openCalls(): number {
    return this.calls.open;
  }

  /** Whether the daemon still works on a call that its caller has given up. */
  get waitsForNobody(): boolean {
    return this.calls.hasAbandoned;
  }

  /** Whether another call would have to wait for room. */
  get isFull(): boolean {
    return this.calls.isFull;
  }

  close(): void {
    this.end(closed('the connection was closed by this side'));
  }

  /** Every daemon answers pings; this makes it send its own, and is possible only before anything is opened. */
  private async askForPings(options: CallOptions): Promise<boolean> {
    const { supported } = await this.call(session.supportsFeature, { feature: FEATURE_KEEPALIVE }, options);
    return supported;
  }

  private createStream<A, R>(
    { name, program, number, stream: direction }: StreamProcedure<A, R>,
    serial: number,
    sparse: boolean,
  ): CallStream<R> {
    const stream = new CallStream<R>(
      { procedure: name, direction, sparse },
      {
        send: ({ type, status, parts }) => {
          const bytes = parts.reduce((sum, part) => sum + part.length, 0);
          const header = encodeHeader({ program, procedure: number, type, serial, status }, bytes);
          return new Promise((resolve, reject) =>
            this.outbox.send([header, ...parts], (error) => (error ? reject(error) : resolve())),
          );
        },
        pause: () => this.pause(),
        resume: () => this.resume(),
        forget: () => {
          this.streams.delete(serial);
          this.closeIfIdle();
        },
      },
    );
    this.streams.set(serial, stream);
    return stream;
  }

  /** A reader has enough for now. Pings stay unread too, so that silence says nothing. */
  private pause(): void {
    this.socket.pause();
    this.keepalive.suspend();
  }

  private resume(): void {
    this.keepalive.resume();
    this.socket.resume();
  }

  private async roundTrip<A, R>(
    procedure: Procedure<A, R>,
    args: A,
    options: WaitingOptions,
    beforeSend: (serial: number) => void,
  ): Promise<Packet> {
    const packet = encodeCall(procedure, args);
    try {
      const reply = await this.calls.ask(procedure.name, options, (serial) => {
        beforeSend(serial);
        stampSerial(packet, serial);
        this.sendCall(procedure.name, packet);
      });
      publishCall(procedure.name, 'answered');
      if (reply.status === STATUS.ok) return reply;
      throw this.understand(() => readError(reply, procedure.name));
    } finally {
      this.closeIfIdle();
    }
  }

  private sendCall(procedure: string, packet: Buffer): void {
    publishCall(procedure, 'sending');
    this.outbox.send([packet], (error) => {
      // A call that cannot be sent fails with its connection.
      if (!error) publishCall(procedure, 'sent');
    });
  }

  private receive(chunk: Buffer): void {
    this.keepalive.heard();
    try {
      for (const packet of this.splitter.push(chunk)) this.dispatch(packet);
    } catch (error) {
      this.end(error instanceof Error ? error : new LibvirtTransportError('protocol', String(error)));
    }
  }

  private dispatch(packet: Packet): void {
    if (packet.program === PROGRAM.keepalive) return this.keepalive.received(packet);
    if (packet.type === MESSAGE_TYPE.message) return this.onMessage(packet);
    if (packet.type === MESSAGE_TYPE.reply) return this.dispatchReply(packet);
    if (packet.type !== MESSAGE_TYPE.stream && packet.type !== MESSAGE_TYPE.streamHole)
      throw new LibvirtTransportError('protocol', `the daemon sent a packet of type ${packet.type}`);
    // A stream that we aborted may still have packets under way; they are nobody's.
    this.streams.get(packet.serial)?.received(packet, readError);
  }

  private dispatchReply(packet: Packet): void {
    if (this.calls.answer(packet) === undefined)
      throw new LibvirtTransportError('protocol', `an answer to call ${packet.serial}, which nobody asked`);
    this.streams.get(packet.serial)?.answered(packet.status);
  }

  /** A peer whose answer cannot be read is no peer to go on with. */
  private understand<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      this.end(error instanceof Error ? error : new LibvirtTransportError('protocol', String(error)));
      throw error;
    }
  }

  private closeIfIdle(): void {
    if (this.retired && this.calls.awaited === 0 && this.streams.size === 0) this.close();
  }

  private end(error: Error): void {
    if (this.closing.signal.aborted) return;
    this.closing.abort(error);
    this.keepalive.stop();
    this.socket.destroy();
    this.calls.fail(error);
    this.outbox.fail(error);
    for (const stream of [...this.streams.values()]) stream.failed(error);
    this.streams.clear();
  }
}

const closed = (message: string, cause?: unknown): LibvirtTransportError =>
  new LibvirtTransportError('closed', message, cause);

/** A transport that knows why it broke says so itself. */
const asTransportError = (error: Error): LibvirtTransportError =>
  error instanceof LibvirtTransportError ? error : closed(`the connection broke: ${error.message}`, error);

function readError({ payload }: Packet, procedure: string): LibvirtError {
  const error = decode(errorPayload, payload);
  return new LibvirtError(
    {
      code: error.code,
      domain: error.domain,
      level: error.level,
      message: error.message ?? `libvirt error ${error.code} without a message`,
      strings: [error.str1, error.str2, error.str3],
      integers: [error.int1, error.int2],
    },
    procedure,
  );
}
