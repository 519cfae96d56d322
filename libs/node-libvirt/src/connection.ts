import type { Duplex } from 'node:stream';
import { LibvirtError, LibvirtTimeoutError, LibvirtTransportError } from './errors.js';
import { decode, encode, type Infer } from './wire/codec.js';
import { encodePacket, MESSAGE_TYPE, PacketSplitter, PROGRAM, STATUS, type Packet } from './wire/packet.js';
import { errorPayload, P, type Procedure } from './wire/procedures.js';
import { CallStream } from './stream.js';

export type CallOptions = {
  /** Milliseconds from now until the caller gives up; default 30 000. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
};

const DEFAULT_DEADLINE_MS = 30_000;
/** libvirtd stops reading a connection that has five unanswered calls (max_client_requests in libvirtd.conf). */
const CALLS_ON_THE_WIRE = 4;
/** virKeepAlive: a PING every 5 s of silence, closed after 5 without an answer. */
const KEEPALIVE = { ping: 1, pong: 2, intervalMs: 5_000, count: 5 } as const;
const FEATURE_KEEPALIVE = 10;

type Waiting = {
  readonly procedure: string;
  readonly settle: (packet: Packet) => void;
  readonly fail: (error: Error) => void;
};

type Outgoing = {
  readonly bytes: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
};

/**
 * One socket to one daemon. Calls may be issued without limit: at most four are on the wire, the others wait here. When the
 * connection ends, everything that waits fails at once.
 */
export class Connection {
  private readonly splitter = new PacketSplitter();
  private readonly waiting = new Map<number, Waiting>();
  private readonly streams = new Map<number, CallStream>();
  private readonly queue: (() => void)[] = [];
  private readonly outbox: Outgoing[] = [];
  private writing = false;
  private readonly closing = new AbortController();
  private serial = 0;
  private onTheWire = 0;
  private keepalive: NodeJS.Timeout | undefined;
  private unansweredPings = 0;
  private failure: Error | undefined;
  private heard = false;

  /** Called for every message the daemon sends unasked. */
  onMessage: (packet: Packet) => void = () => undefined;

  private constructor(private readonly socket: Duplex) {
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) =>
      this.end(new LibvirtTransportError('closed', `the connection broke: ${error.message}`, error)),
    );
    socket.on('close', () => this.end(new LibvirtTransportError('closed', 'the connection was closed')));
    socket.on('end', () => this.end(new LibvirtTransportError('closed', 'the daemon closed the connection')));
  }

  /** Authenticates, turns keepalive on and opens the hypervisor named by its local URI, e.g. `qemu:///system`. */
  static async open(
    socket: Duplex,
    name: string,
    options: CallOptions & { readonly readOnly?: boolean } = {},
  ): Promise<Connection> {
    const connection = new Connection(socket);
    try {
      await connection.authenticate(options);
      const { supported } = await connection.call(P.supportsFeature, { feature: FEATURE_KEEPALIVE }, options);
      if (supported) connection.startKeepalive();
      await connection.call(P.connectOpen, { name, flags: options.readOnly === true ? 1 : 0 }, options);
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

  async call<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<R> {
    const reply = await this.roundTrip(procedure, args, options, () => undefined);
    return decode(procedure.result, reply.payload);
  }

  /** A call that opens a stream; the stream is ready when this resolves. */
  async openStream<A, R>(
    procedure: Procedure<A, R>,
    args: A,
    options: CallOptions = {},
  ): Promise<CallStream> {
    let stream: CallStream | undefined;
    // The stream is known before the reply is read: data may follow in the same packet of bytes.
    await this.roundTrip(procedure, args, options, (serial) => {
      stream = new CallStream(procedure.name, {
        send: (status, payload) =>
          this.send({
            program: procedure.program,
            procedure: procedure.number,
            type: MESSAGE_TYPE.stream,
            serial,
            status,
            payload,
          }),
        pause: () => this.socket.pause(),
        resume: () => this.socket.resume(),
        forget: () => this.streams.delete(serial),
      });
      this.streams.set(serial, stream);
    });
    if (stream === undefined) throw new LibvirtTransportError('closed', 'the connection was closed');
    return stream;
  }

  close(): void {
    this.end(new LibvirtTransportError('closed', 'the connection was closed by this side'));
  }

  private async authenticate(options: CallOptions): Promise<void> {
    const { types } = await this.call(P.authList, {}, options);
    if (types.length === 0 || types.includes(0)) return;
    if (types.includes(2)) {
      await this.call(P.authPolkit, {}, options);
      return;
    }
    throw new LibvirtTransportError(
      'refused',
      'the daemon wants SASL authentication, which this client does not speak',
    );
  }

  private async roundTrip<A, R>(
    procedure: Procedure<A, R>,
    args: A,
    options: CallOptions,
    beforeSend: (serial: number) => void,
  ): Promise<Packet> {
    options.signal?.throwIfAborted();
    const payload = encode(procedure.args, args);
    const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    return new Promise<Packet>((resolve, reject) => {
      let serial: number | undefined;
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', onAbort);
        act();
      };
      const giveUp = (error: Error): void => {
        const index = this.queue.indexOf(start);
        if (index >= 0) this.queue.splice(index, 1);
        // The slot stays taken until the daemon answers: it still counts there. The late answer is then dropped.
        if (serial !== undefined)
          this.waiting.set(serial, {
            procedure: procedure.name,
            settle: () => undefined,
            fail: () => undefined,
          });
        finish(() => reject(error));
      };
      const timer = setTimeout(() => giveUp(new LibvirtTimeoutError(procedure.name, deadlineMs)), deadlineMs);
      const onAbort = (): void =>
        giveUp(options.signal?.reason instanceof Error ? options.signal.reason : new Error('aborted'));
      options.signal?.addEventListener('abort', onAbort, { once: true });
      const start = (): void => {
        if (this.failure !== undefined) return finish(() => reject(this.failure));
        this.serial = (this.serial % 0x7fffffff) + 1;
        serial = this.serial;
        this.onTheWire += 1;
        this.waiting.set(serial, {
          procedure: procedure.name,
          settle: (packet) => finish(() => resolve(packet)),
          fail: (error) => finish(() => reject(error)),
        });
        beforeSend(serial);
        this.post({
          program: procedure.program,
          procedure: procedure.number,
          type: MESSAGE_TYPE.call,
          serial,
          status: STATUS.ok,
          payload,
        });
      };
      if (this.failure === undefined && this.onTheWire >= CALLS_ON_THE_WIRE) this.queue.push(start);
      else start();
    });
  }

  private receive(chunk: Buffer): void {
    this.heard = true;
    this.unansweredPings = 0;
    try {
      for (const packet of this.splitter.push(chunk)) this.dispatch(packet);
    } catch (error) {
      this.end(error instanceof Error ? error : new LibvirtTransportError('protocol', String(error)));
    }
  }

  private dispatch(packet: Packet): void {
    if (packet.program === PROGRAM.keepalive) return this.answerPing(packet);
    if (packet.type === MESSAGE_TYPE.reply) return this.settle(packet);
    if (packet.type === MESSAGE_TYPE.message) return this.onMessage(packet);
    const stream = this.streams.get(packet.serial);
    // A stream that we aborted may still have packets under way; they are nobody's.
    if (stream === undefined) return;
    if (packet.status === STATUS.error)
      stream.failed(packet.payload.length === 0 ? undefined : readError(packet.payload, stream.procedure));
    else if (packet.type === MESSAGE_TYPE.stream) stream.received(packet.status, packet.payload);
    else
      stream.failed(new LibvirtTransportError('protocol', `a packet of type ${packet.type} inside a stream`));
  }

  private settle(packet: Packet): void {
    const waiting = this.waiting.get(packet.serial);
    if (waiting === undefined)
      return this.end(
        new LibvirtTransportError('protocol', `an answer to call ${packet.serial}, which nobody asked`),
      );
    this.waiting.delete(packet.serial);
    this.onTheWire -= 1;
    if (packet.status === STATUS.ok) waiting.settle(packet);
    else {
      this.streams.delete(packet.serial);
      waiting.fail(readError(packet.payload, waiting.procedure));
    }
    if (this.onTheWire < CALLS_ON_THE_WIRE) this.queue.shift()?.();
  }

  private answerPing(packet: Packet): void {
    if (packet.procedure !== KEEPALIVE.ping) return;
    this.sendKeepalive(KEEPALIVE.pong);
  }

  private startKeepalive(): void {
    this.keepalive = setInterval(() => {
      if (this.heard) {
        this.heard = false;
        return;
      }
      if (this.unansweredPings >= KEEPALIVE.count) {
        return this.end(
          new LibvirtTransportError(
            'closed',
            `the daemon was silent for ${(KEEPALIVE.count * KEEPALIVE.intervalMs) / 1000} s`,
          ),
        );
      }
      this.unansweredPings += 1;
      this.sendKeepalive(KEEPALIVE.ping);
    }, KEEPALIVE.intervalMs);
    this.keepalive.unref();
  }

  private sendKeepalive(procedure: number): void {
    this.post({
      program: PROGRAM.keepalive,
      procedure,
      type: MESSAGE_TYPE.message,
      serial: 0,
      status: STATUS.ok,
      payload: Buffer.alloc(0),
    });
  }

  /** Resolves when the packet was handed to the operating system. */
  private send(packet: Packet): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.outbox.push({ bytes: encodePacket(packet), resolve, reject });
    this.writeNext();
    return promise;
  }

  /** For a packet whose fate is told otherwise: a call that cannot be sent fails with its connection. */
  private post(packet: Packet): void {
    this.send(packet).catch(() => undefined);
  }

  /**
   * One packet per write, the next when it is through. Writes that wait together would leave as one TLS record, and
   * libvirtd reads one packet of a record and then sleeps until the socket has news: the rest would lie in its GnuTLS
   * session unanswered.
   */
  private writeNext(): void {
    const next = this.writing ? undefined : this.outbox.shift();
    if (next === undefined) return;
    this.writing = true;
    this.socket.write(next.bytes, (error) => {
      this.writing = false;
      if (error) next.reject(error);
      else next.resolve();
      this.writeNext();
    });
  }

  private end(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    clearInterval(this.keepalive);
    this.socket.destroy();
    for (const { fail } of this.waiting.values()) fail(error);
    this.waiting.clear();
    for (const start of this.queue.splice(0)) start();
    for (const { reject } of this.outbox.splice(0)) reject(error);
    for (const stream of [...this.streams.values()]) stream.failed(error);
    this.streams.clear();
    this.closing.abort(error);
  }
}

function readError(payload: Buffer, procedure: string): LibvirtError {
  const error: Infer<typeof errorPayload> = decode(errorPayload, payload);
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
