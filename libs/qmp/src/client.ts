import type { Duplex } from 'node:stream';
import { withinDeadline } from './deadline.js';
import type { Door } from './doors/door.js';
import { openAddress, openStream, type OpenOptions, type QmpAddress } from './doors/open-socket.js';
import { openPassthrough } from './doors/passthrough-door.js';
import type { MonitorPassthrough } from './doors/passthrough.js';
import { QmpError } from './errors.js';
import type { EventName } from './events/event.js';
import { Jobs } from './jobs.js';
import { DEFAULT_LIMITS, type QmpLimits } from './limits.js';
import type {
  CommandInput,
  CommandName,
  CommandResult,
  EventSubscription,
  QmpMonitor,
  SubscribeOptions,
} from './monitor.js';
import type { Greeting } from './wire/message.js';

export type ConnectOptions = {
  /** Milliseconds for connecting, the greeting and the negotiation; default 10,000. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<QmpLimits>;
  /** Enable out-of-band commands if QEMU offers them; default true. */
  readonly outOfBand?: boolean;
  /** Try again until the deadline while nobody listens, e.g. at a QEMU that was just started; default false. */
  readonly untilListening?: boolean;
};

const DEFAULT_CONNECT_MS = 10_000;
const DEFAULT_DEADLINE_MS = 30_000;

/**
 * A client of one QEMU's monitor (QMP), through a socket or through libvirt, with the same methods and the same values.
 *
 * What it returns has the types of the QEMU that they were generated from; it does not check that a server keeps to them. Integers
 * are numbers: above 2^53 they lose their last digits. File descriptors (`getfd`, `add-fd`) cannot be passed along.
 */
export class QmpClient implements QmpMonitor {
  /** Jobs that run in QEMU: waiting for them, dismissing them. */
  readonly jobs: Jobs;

  private constructor(private readonly door: Door) {
    this.jobs = new Jobs(this);
  }

  /**
   * Connects to a monitor's socket. A monitor serves one client; while there is another, this waits for it to leave.
   * @throws QmpTransportError `unreachable` when nobody listens, `protocol` when it is no QEMU
   * @throws QmpTimeoutError when there is no greeting in time
   */
  static async connect(address: QmpAddress, options: ConnectOptions = {}): Promise<QmpClient> {
    return new QmpClient(await openAddress(address, openOptions(options)));
  }

  /** The same on a connected stream, e.g. of TLS or ssh; the stream is the client's from now on. */
  static async overStream(
    stream: Duplex,
    options: Omit<ConnectOptions, 'untilListening'> = {},
  ): Promise<QmpClient> {
    return new QmpClient(await openStream(stream, openOptions(options)));
  }

  /**
   * Uses a monitor that somebody else holds, e.g. libvirt (`libvirtPassthrough`). The greeting is made of `query-version`.
   * @throws QmpTransportError `passthrough` when it refuses
   */
  static async overPassthrough(
    passthrough: MonitorPassthrough,
    options: Omit<ConnectOptions, 'outOfBand' | 'untilListening'> = {},
  ): Promise<QmpClient> {
    const { limits, signal, deadlineMs } = openOptions(options);
    return withinDeadline('query-version', { signal, deadlineMs }, async (giveUp) => {
      return new QmpClient(
        await openPassthrough(passthrough, limits, { signal: giveUp, callersSignal: signal, deadlineMs }),
      );
    });
  }

  /** What QEMU said of itself. */
  get greeting(): Greeting {
    return this.door.greeting;
  }

  /** Whether commands may run out of band here. */
  get outOfBand(): boolean {
    return this.door.outOfBand;
  }

  /** Aborts when the connection ends, on either side; the reason is why. */
  get closed(): AbortSignal {
    return this.door.closed;
  }

  async execute<N extends CommandName | (string & {})>(
    name: N,
    ...[args, options = {}]: CommandInput<N>
  ): Promise<CommandResult<N>> {
    let sent = false;
    const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    const outcome = await withinDeadline(
      name,
      { deadlineMs, signal: options.signal },
      (signal) =>
        this.door.send({
          name,
          args,
          outOfBand: options.outOfBand === true,
          signal,
          callersSignal: options.signal,
          deadlineMs,
          onSent: () => {
            sent = true;
          },
        }),
      () => sent,
    );
    if (!outcome.ok) throw new QmpError(name, outcome.errorClass, outcome.description);
    return outcome.value as CommandResult<N>;
  }

  async events<N extends EventName | (string & {}) = string>(
    options: SubscribeOptions<N> = {},
  ): Promise<EventSubscription<N>> {
    const { only, signal, deadlineMs = DEFAULT_DEADLINE_MS } = options;
    const stream = await withinDeadline('subscribing to events', { deadlineMs, signal }, (giveUp) =>
      this.door.subscribe(only, signal, giveUp),
    );
    return stream as EventSubscription as EventSubscription<N>;
  }

  /** Fails what waits, ends the subscriptions and shuts the connection. QEMU runs on. */
  close(): void {
    this.door.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function openOptions(options: ConnectOptions): OpenOptions {
  return {
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    deadlineMs: options.deadlineMs ?? DEFAULT_CONNECT_MS,
    signal: options.signal,
    outOfBand: options.outOfBand ?? true,
    untilListening: options.untilListening ?? false,
  };
}
