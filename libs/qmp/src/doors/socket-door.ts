import type { Duplex } from 'node:stream';
import { QmpTransportError } from '../errors.js';
import { EventHub } from '../events/event-hub.js';
import type { EventStream } from '../events/event-stream.js';
import type { JsonValue } from '../json.js';
import type { QmpLimits } from '../limits.js';
import { commandText } from '../wire/command-text.js';
import { LineSplitter } from '../wire/line-splitter.js';
import { readMessage, type Greeting, type Outcome } from '../wire/message.js';
import type { Call, Door } from './door.js';
import { Lane } from './lane.js';

/**
 * QEMU queues eight commands of a monitor and then stops reading it, out-of-band commands included (QMP_REQ_QUEUE_LEN_MAX in
 * monitor/qmp.c). With seven of ours on the wire it always reads.
 */
const COMMANDS_ON_THE_WIRE = 7;

type Settle = { readonly resolve: (outcome: Outcome) => void; readonly reject: (error: unknown) => void };
/** A command that QEMU has and has not answered; without `settle` its caller has given up. */
type Sent = { readonly lane: Lane; settle: Settle | undefined };

/**
 * QMP on a stream of bytes. Commands may be sent without limit: seven are on the wire, the others wait here. When the stream
 * ends, everything that waits fails at once. A monitor of QEMU serves one client at a time: a second one gets no greeting
 * until the first has left.
 */
export class SocketDoor implements Door {
  private readonly splitter: LineSplitter;
  private readonly hub: EventHub;
  private readonly inBand = new Lane(COMMANDS_ON_THE_WIRE);
  private readonly outOfBandLane = new Lane(COMMANDS_ON_THE_WIRE);
  private readonly sent = new Map<number, Sent>();
  private readonly open = new Set<Settle>();
  private readonly closing = new AbortController();
  private readonly greetings = Promise.withResolvers<Greeting>();
  private greeted: Greeting | undefined;
  private lastId = 0;
  private failure: QmpTransportError | undefined;
  outOfBand = false;

  constructor(
    private readonly socket: Duplex,
    private readonly limits: QmpLimits,
  ) {
    this.splitter = new LineSplitter(limits.maxLineBytes);
    this.hub = new EventHub(limits);
    this.greetings.promise.catch(() => undefined);
    socket.on('data', (chunk: Buffer | string) => this.receive(chunk));
    socket.on('error', (error) =>
      this.end(new QmpTransportError('closed', `the connection broke: ${error.message}`, error)),
    );
    socket.on('end', () => this.end(new QmpTransportError('closed', 'QEMU closed the connection')));
    socket.on('close', () => this.end(new QmpTransportError('closed', 'the connection was closed')));
  }

  get greeting(): Greeting {
    if (this.greeted === undefined) throw new QmpTransportError('protocol', 'QEMU has not greeted yet');
    return this.greeted;
  }

  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** Resolves when QEMU has said who it is; rejects when the connection ends before. */
  awaitGreeting(): Promise<Greeting> {
    return this.greetings.promise;
  }

  send(call: Call): Promise<Outcome> {
    const { promise, ...settle } = Promise.withResolvers<Outcome>();
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (call.outOfBand && !this.outOfBand)
      return Promise.reject(new QmpTransportError('unsupported', 'this monitor runs no command out of band'));
    const id = ++this.lastId;
    const line = `${commandText(call, id)}\n`;
    const lane = call.outOfBand ? this.outOfBandLane : this.inBand;
    this.open.add(settle);
    const stepBack = lane.line(() => {
      this.sent.set(id, { lane, settle });
      this.socket.write(line);
      call.onSent();
    });
    call.signal.addEventListener(
      'abort',
      () => {
        stepBack();
        this.abandon(id);
        this.open.delete(settle);
        settle.reject(call.signal.reason);
      },
      { once: true },
    );
    return promise;
  }

  async subscribe(
    only: readonly string[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<EventStream> {
    if (this.failure !== undefined) throw this.failure;
    return this.hub.subscribe(only, signal);
  }

  close(): void {
    // Who reads events and closes the client itself is not surprised by their end.
    this.hub.end();
    this.end(new QmpTransportError('closed', 'the connection was closed by this side'));
  }

  private receive(chunk: Buffer | string): void {
    try {
      for (const line of this.splitter.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)) {
        if (this.failure !== undefined) return;
        this.take(line);
      }
    } catch (error) {
      this.end(
        error instanceof QmpTransportError
          ? error
          : new QmpTransportError('protocol', 'what the server sent could not be read', error),
      );
    }
  }

  private take(line: Buffer): void {
    const message = readMessage(line, this.limits);
    if (this.greeted === undefined) {
      if (message.kind !== 'greeting')
        throw new QmpTransportError('protocol', 'the server did not begin with a greeting');
      this.greeted = message.greeting;
      return this.greetings.resolve(message.greeting);
    }
    if (message.kind === 'greeting')
      throw new QmpTransportError('protocol', 'the server greeted a second time');
    if (message.kind === 'event') return this.hub.publish(message.event, line.length);
    this.answer(message.id, message.outcome);
  }

  private answer(id: JsonValue | undefined, outcome: Outcome): void {
    // QEMU leaves the id out when it could not read a command. Whose that was nobody knows, so nobody may go on waiting.
    if (id === undefined) throw new QmpTransportError('protocol', 'the server answered nobody in particular');
    const sent = typeof id === 'number' ? this.sent.get(id) : undefined;
    // The specification asks clients to drop answers with an id that they do not know.
    if (typeof id !== 'number' || sent === undefined) return;
    this.sent.delete(id);
    if (sent.settle !== undefined) {
      this.open.delete(sent.settle);
      sent.settle.resolve(outcome);
    }
    sent.lane.leave();
  }

  /** The answer of a command whose caller has given up is dropped when it comes; until then QEMU has it in its queue. */
  private abandon(id: number): void {
    const sent = this.sent.get(id);
    if (sent !== undefined) sent.settle = undefined;
  }

  private end(error: QmpTransportError): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.socket.destroy();
    this.greetings.reject(error);
    for (const { reject } of this.open) reject(error);
    this.open.clear();
    this.sent.clear();
    this.hub.end(error);
    this.closing.abort(error);
  }
}
