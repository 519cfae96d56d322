import { choicesFor } from '../auth/authenticate.js';
import type { Credentials, CredentialSource } from '../auth/credentials.js';
import { DEFAULT_DEADLINE_MS, type CallOptions, type WaitingOptions } from '../connection/call-options.js';
import type { CallStream } from '../connection/call-stream.js';
import { Connection } from '../connection/connection.js';
import { abortReason, LibvirtTransportError } from '../errors.js';
import { P } from '../procedures/index.js';
import type { Procedure, StreamProcedure } from '../procedures/procedure.js';
import type { DomainRef } from '../procedures/references.js';
import { dial, whereOf } from '../transport/dial.js';
import { withinDeadline } from '../transport/established.js';
import { parseLibvirtUri, type LibvirtUri } from '../uri.js';
import type { EventName, HostEvent } from './event-schema.js';
import {
  readHostEvent,
  readMonitorEvent,
  registerEvents,
  registerMonitorEvents,
  type MonitorEvent,
  type MonitorFilter,
} from './events.js';
import { follow, type SubscriptionEvent } from './follow.js';
import { methodsOf, type Caller } from './methods.js';
import { SharedConnections } from './shared-connections.js';

export type LibvirtOptions = {
  /** Milliseconds for reaching and opening; default 10 000. */
  readonly connectTimeoutMs?: number;
  readonly readOnly?: boolean;
  /** How many connections short calls may share when there are many of them at once; default 2. */
  readonly connections?: number;
  /** For a daemon that asks for SASL; without them libvirt's auth.conf is looked into. */
  readonly credentials?: Credentials | CredentialSource;
};

/**
 * With two libvirtd answers a fifth more calls than with one, with four a third more, and then no more. Each has at most
 * four calls open, and libvirtd has 20 workers (max_workers) for all of its clients: two leave most of them to others.
 */
const CONNECTIONS = 2;

/**
 * One hypervisor. Short calls share connections that are made when needed and made again after they broke; a call that was on
 * a broken connection fails and is never sent twice. Every long call and every stream has a connection of its own, so that
 * nothing waits behind it (libvirtd stops reading a connection with five open calls).
 *
 * Each group of procedures is a property: `host.domain.getXmlDesc({ dom })`.
 */
export class Libvirt implements Caller {
  readonly uri: LibvirtUri;
  readonly connect = methodsOf(this, P.connect);
  readonly node = methodsOf(this, P.node);
  readonly domain = methodsOf(this, P.domain);
  readonly migrate = methodsOf(this, P.migrate);
  readonly snapshot = methodsOf(this, P.snapshot);
  readonly checkpoint = methodsOf(this, P.checkpoint);
  readonly storagePool = methodsOf(this, P.storagePool);
  readonly storageVol = methodsOf(this, P.storageVol);
  readonly network = methodsOf(this, P.network);
  readonly networkPort = methodsOf(this, P.networkPort);
  readonly nwfilter = methodsOf(this, P.nwfilter);
  readonly nwfilterBinding = methodsOf(this, P.nwfilterBinding);
  readonly interface = methodsOf(this, P.interface);
  readonly nodeDevice = methodsOf(this, P.nodeDevice);
  readonly secret = methodsOf(this, P.secret);
  readonly qemu = methodsOf(this, P.qemu);

  private readonly forDaemon: SharedConnections;
  /** Programs in guests may be dead: calls that wait for them share one connection, and nothing else waits behind them. */
  private readonly forGuests: SharedConnections;
  private readonly open = new Set<Connection>();
  private readonly closing = new AbortController();

  /** @throws TypeError for a URI that is none */
  constructor(
    uri: string,
    private readonly options: LibvirtOptions = {},
  ) {
    this.uri = parseLibvirtUri(uri);
    const connect = (): Promise<Connection> => this.newConnection();
    this.forDaemon = new SharedConnections(connect, options.connections ?? CONNECTIONS);
    this.forGuests = new SharedConnections(connect, 1);
  }

  /** @throws LibvirtError what the daemon answers; LibvirtTimeoutError; LibvirtTransportError */
  async call<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<R> {
    if (procedure.long === true) {
      const patience = fromNow(options);
      return this.withConnection((connection) => connection.call(procedure, args, patience), options);
    }
    const shared = procedure.guest === true ? this.forGuests : this.forDaemon;
    const taken = shared.take();
    const present = taken instanceof Connection;
    const patience = present ? options : fromNow(options);
    const connection = present ? taken : await this.unlessGivenUp(taken, options);
    try {
      return await connection.call(procedure, args, patience);
    } catch (error) {
      // A call that was given up keeps its place at the daemon. Others shall not have to wait behind it.
      if (connection.waitsForNobody) shared.retire(connection);
      throw error;
    }
  }

  /** A stream on a connection of its own, which ends with the stream. `options.signal` aborts it at any time. */
  async openStream<A, R>(
    procedure: StreamProcedure<A, R>,
    args: A,
    options: CallOptions = {},
  ): Promise<CallStream<R>> {
    const patience = fromNow(options);
    // A reader may pause for longer than the daemon would wait for an answer to its pings.
    const connection = await this.newConnection(options, { daemonPings: procedure.stream !== 'read' });
    try {
      const stream = await connection.openStream(procedure, args, patience);
      connection.retire();
      return stream;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Runs `work` with a connection that nobody else uses; what is tied to it (AUTODESTROY) ends with it. */
  async withConnection<T>(
    work: (connection: Connection) => Promise<T>,
    options: CallOptions = {},
  ): Promise<T> {
    const connection = await this.newConnection(options);
    try {
      return await work(connection);
    } finally {
      connection.close();
    }
  }

  /** What happens on the host, until the signal aborts. Reconnects by itself and then says that there is a gap. */
  events<N extends EventName>(
    names: readonly N[],
    signal: AbortSignal,
  ): AsyncGenerator<HostEvent<N> | SubscriptionEvent> {
    return this.follow(
      signal,
      (connection) => registerEvents(connection, names),
      (packet) => readHostEvent(packet) as HostEvent<N> | undefined,
    );
  }

  /** QEMU's own events, of one domain or of all, until the signal aborts. */
  monitorEvents(
    filter: MonitorFilter,
    signal: AbortSignal,
  ): AsyncGenerator<MonitorEvent | SubscriptionEvent> {
    return this.follow(
      signal,
      (connection) => registerMonitorEvents(connection, filter),
      (packet) => readMonitorEvent(packet),
    );
  }

  /** QEMU's own events of one domain while `work` runs, all of them: none is left unread when this resolves. */
  async watchMonitor<T>(
    dom: DomainRef,
    work: () => Promise<T>,
    onEvent: (event: MonitorEvent) => void,
  ): Promise<T> {
    return this.withConnection(async (connection) => {
      connection.onMessage = (packet) => {
        const event = readMonitorEvent(packet);
        if (event !== undefined) onEvent(event);
      };
      await registerMonitorEvents(connection, { dom });
      const result = await work();
      // A round trip flushes what the daemon sent before it.
      await connection.call(P.connect.getLibVersion, {});
      return result;
    });
  }

  close(): void {
    this.closing.abort(closedByUs());
    for (const connection of this.open) connection.close();
  }

  private follow<T>(
    signal: AbortSignal,
    register: (connection: Connection) => Promise<void>,
    read: Parameters<typeof follow<T>>[0]['read'],
  ): AsyncGenerator<T | SubscriptionEvent> {
    const connect = (): Promise<Connection> => this.newConnection({ signal });
    return follow({ connect, register, read, over: () => this.closing.signal.aborted, signal });
  }

  /** A connection that others wait for too, unless this caller gives up before it is there. */
  private unlessGivenUp(opening: Promise<Connection>, options: CallOptions): Promise<Connection> {
    const { signal, deadlineMs: timeoutMs = DEFAULT_DEADLINE_MS } = options;
    const limits = signal === undefined ? { timeoutMs } : { timeoutMs, signal };
    return withinDeadline(
      whereOf(this.uri),
      limits,
      (over) =>
        new Promise((resolve, reject) => {
          over.addEventListener('abort', () => reject(abortReason(over)), { once: true });
          opening.then(resolve, reject);
        }),
    );
  }

  private async newConnection(
    { signal: callers, deadlineMs = Infinity }: CallOptions = {},
    more: { readonly daemonPings?: boolean } = {},
  ): Promise<Connection> {
    const { connectTimeoutMs = 10_000, readOnly = false, credentials } = this.options;
    const closing = this.closing.signal;
    const limits = {
      timeoutMs: Math.min(connectTimeoutMs, deadlineMs),
      signal: callers === undefined ? closing : AbortSignal.any([closing, callers]),
    };
    const auth = choicesFor(this.uri, credentials);
    const connection = await withinDeadline(whereOf(this.uri), limits, async (signal) => {
      const socket = await dial(this.uri, { ...limits, readOnly, signal });
      return Connection.open(socket, this.uri.name, {
        ...{ deadlineMs: Infinity, signal, readOnly, auth },
        ...more,
      });
    });
    if (limits.signal.aborted) connection.close();
    this.open.add(connection);
    connection.closed.addEventListener('abort', () => this.open.delete(connection), { once: true });
    return connection;
  }
}

/** A deadline that runs from now on, whatever comes before the call itself. */
const fromNow = (options: CallOptions): WaitingOptions => ({ ...options, since: performance.now() });

const closedByUs = (): LibvirtTransportError => new LibvirtTransportError('closed', 'this client was closed');
