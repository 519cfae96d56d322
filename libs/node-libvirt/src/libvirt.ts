import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type CallOptions } from './connection.js';
import { LibvirtTransportError } from './errors.js';
import type { CallStream } from './stream.js';
import { dial } from './transport/dial.js';
import { parseLibvirtUri, type LibvirtUri } from './uri.js';
import { decode } from './wire/codec.js';
import { PROGRAM, type Packet } from './wire/packet.js';
import { EVENTS, MONITOR_EVENT, P, type DomainRef, type Procedure } from './wire/procedures.js';

export type LibvirtOptions = {
  /** Milliseconds for reaching and opening; default 10 000. */
  readonly connectTimeoutMs?: number;
  readonly readOnly?: boolean;
};

export type LibvirtEvent =
  /** The event connection is up. After the first time it means: something may have been missed, look again. */
  | { readonly type: 'connected'; readonly gap: boolean }
  | { readonly type: 'disconnected'; readonly error: Error }
  | { readonly type: 'lifecycle'; readonly dom: DomainRef; readonly event: number; readonly detail: number }
  | {
      readonly type: 'blockJob';
      readonly dom: DomainRef;
      readonly target: string;
      readonly jobType: number;
      readonly status: number;
    }
  | { readonly type: 'agent'; readonly dom: DomainRef; readonly connected: boolean }
  | { readonly type: 'migrationIteration'; readonly dom: DomainRef; readonly iteration: number };

/** A QEMU monitor event with QEMU's own time stamp, in milliseconds since 1970. */
export type MonitorEvent = {
  readonly dom: DomainRef;
  readonly event: string;
  readonly atMs: number;
  readonly details: string | null;
};

const BACKOFF = { firstMs: 250, mostMs: 15_000 } as const;
const EVENT_BACKLOG = 10_000;

/**
 * One hypervisor. Short calls share a connection that is made when needed and made again after it broke; a call that was on a broken
 * connection fails and is never sent twice. Every long call and every stream has a connection of its own, so that nothing
 * waits behind it (libvirtd stops reading a connection with five open calls).
 */
export class Libvirt {
  readonly uri: LibvirtUri;
  private short: Promise<Connection> | undefined;
  private readonly open = new Set<Connection>();
  private closedByUs = false;

  constructor(
    uri: string,
    private readonly options: LibvirtOptions = {},
  ) {
    this.uri = parseLibvirtUri(uri);
  }

  /** A call that the daemon answers quickly. */
  async call<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<R> {
    const connection = await this.shortConnection();
    return connection.call(procedure, args, options);
  }

  /** A call that may take as long as a migration; it has a connection of its own. `onClosed` of it ends the call. */
  async callLong<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<R> {
    const connection = await this.connect();
    try {
      return await connection.call(procedure, args, options);
    } finally {
      connection.close();
    }
  }

  /** A stream on a connection of its own, which closes with the stream. */
  async stream<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<CallStream> {
    const connection = await this.connect();
    try {
      const stream = await connection.openStream(procedure, args, options);
      stream.once('close', () => connection.close());
      return stream;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Runs `work` with a connection that nobody else uses; what is tied to it (AUTODESTROY) ends with it. */
  async withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.connect();
    try {
      return await work(connection);
    } finally {
      connection.close();
    }
  }

  /** Domain events until the signal aborts; reconnects by itself with jittered backoff and says so. */
  async *events(signal: AbortSignal): AsyncGenerator<LibvirtEvent> {
    let delay: number = BACKOFF.firstMs;
    let before = false;
    while (!signal.aborted && !this.closedByUs) {
      try {
        const connection = await this.connect();
        const queue = new EventQueue(connection, signal);
        try {
          for (const event of [
            EVENTS.lifecycle,
            EVENTS.blockJob,
            EVENTS.agentLifecycle,
            EVENTS.migrationIteration,
          ]) {
            await connection.call(P.registerDomainEvent, { event: event.id, dom: null });
          }
          yield { type: 'connected', gap: before };
          before = true;
          delay = BACKOFF.firstMs;
          for await (const packet of queue) {
            const event = readEvent(packet);
            if (event !== undefined) yield event;
          }
        } finally {
          connection.close();
        }
      } catch (error) {
        if (signal.aborted || this.closedByUs) return;
        yield { type: 'disconnected', error: error instanceof Error ? error : new Error(String(error)) };
        await sleep(delay * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
        delay = Math.min(delay * 2, BACKOFF.mostMs);
      }
    }
  }

  /** QEMU's own events of one domain while `work` runs, with QEMU's time stamps. */
  async watchMonitor<T>(
    dom: DomainRef,
    work: () => Promise<T>,
    onEvent: (event: MonitorEvent) => void,
  ): Promise<T> {
    return this.withConnection(async (connection) => {
      connection.onMessage = (packet) => {
        if (packet.program !== PROGRAM.qemu || packet.procedure !== MONITOR_EVENT.procedure) return;
        const { dom: of, event, seconds, micros, details } = decode(MONITOR_EVENT.body, packet.payload);
        onEvent({ dom: of, event, atMs: Number(seconds) * 1000 + micros / 1000, details });
      };
      await connection.call(P.registerMonitorEvent, { dom, event: null, flags: 0 });
      const result = await work();
      // A round trip flushes what the daemon sent before it.
      await connection.call(P.libVersion, {});
      return result;
    });
  }

  close(): void {
    this.closedByUs = true;
    for (const connection of this.open) connection.close();
    this.short = undefined;
  }

  private shortConnection(): Promise<Connection> {
    if (this.short !== undefined) return this.short;
    const opening = this.connect();
    this.short = opening;
    const forget = (): void => {
      if (this.short === opening) this.short = undefined;
    };
    opening.then((connection) => connection.closed.addEventListener('abort', forget, { once: true }), forget);
    return opening;
  }

  private async connect(): Promise<Connection> {
    if (this.closedByUs) throw new LibvirtTransportError('closed', 'this client was closed');
    const timeoutMs = this.options.connectTimeoutMs ?? 10_000;
    const socket = await dial(this.uri, { timeoutMs });
    const connection = await Connection.open(socket, this.uri.name, {
      deadlineMs: timeoutMs,
      readOnly: this.options.readOnly === true,
    });
    this.open.add(connection);
    connection.closed.addEventListener('abort', () => this.open.delete(connection), { once: true });
    return connection;
  }
}

/** Packets of one connection, in order, until it ends (then it throws) or the signal aborts (then it is over). */
class EventQueue implements AsyncIterable<Packet> {
  private readonly packets: Packet[] = [];
  private wake: () => void = () => undefined;

  constructor(
    private readonly connection: Connection,
    private readonly signal: AbortSignal,
  ) {
    connection.onMessage = (packet) => {
      this.packets.push(packet);
      if (this.packets.length > EVENT_BACKLOG) connection.close();
      this.wake();
    };
    connection.closed.addEventListener('abort', () => this.wake(), { once: true });
    signal.addEventListener('abort', () => this.wake(), { once: true });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Packet> {
    for (;;) {
      const packet = this.packets.shift();
      if (packet !== undefined) {
        yield packet;
        continue;
      }
      if (this.signal.aborted) return;
      if (this.connection.closed.aborted) throw this.connection.closed.reason;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

function readEvent(packet: Packet): LibvirtEvent | undefined {
  if (packet.program !== PROGRAM.remote) return undefined;
  switch (packet.procedure) {
    case EVENTS.lifecycle.procedure: {
      const { dom, event, detail } = decode(EVENTS.lifecycle.body, packet.payload);
      return { type: 'lifecycle', dom, event, detail };
    }
    case EVENTS.blockJob.procedure: {
      const { dom, target, type, status } = decode(EVENTS.blockJob.body, packet.payload);
      return { type: 'blockJob', dom, target, jobType: type, status };
    }
    case EVENTS.agentLifecycle.procedure: {
      const { dom, state } = decode(EVENTS.agentLifecycle.body, packet.payload);
      return { type: 'agent', dom, connected: state === 1 };
    }
    case EVENTS.migrationIteration.procedure: {
      const { dom, iteration } = decode(EVENTS.migrationIteration.body, packet.payload);
      return { type: 'migrationIteration', dom, iteration };
    }
    default:
      return undefined;
  }
}
