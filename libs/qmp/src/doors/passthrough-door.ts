import { unlessAborted } from '../deadline.js';
import { QmpTransportError } from '../errors.js';
import { EventHub } from '../events/event-hub.js';
import type { EventStream } from '../events/event-stream.js';
import { isJsonObject, type JsonObject } from '../json.js';
import type { QmpLimits } from '../limits.js';
import { commandText } from '../wire/command-text.js';
import { eventOf, readOutcome, readVersion, type Greeting, type Outcome } from '../wire/message.js';
import { parseJson } from '../wire/parse-json.js';
import type { Call, Door } from './door.js';
import type { MonitorPassthrough, PassthroughEvent } from './passthrough.js';

type Pump = { readonly stopping: AbortController; readonly ready: Promise<void> };

/**
 * QMP through somebody who holds the monitor. Its holder has read the greeting and negotiated: the greeting here is made of
 * `query-version`, and out-of-band commands are not to be had. Events are fetched while somebody subscribes to them.
 */
export class PassthroughDoor implements Door {
  readonly outOfBand = false;
  private readonly hub: EventHub;
  private readonly closing = new AbortController();
  private pump: Pump | undefined;

  constructor(
    private readonly passthrough: MonitorPassthrough,
    private readonly limits: QmpLimits,
    readonly greeting: Greeting,
  ) {
    this.hub = new EventHub(limits, () => this.stopPump());
  }

  get closed(): AbortSignal {
    return this.closing.signal;
  }

  async send(call: Call): Promise<Outcome> {
    if (this.closed.aborted) throw this.closed.reason;
    if (call.outOfBand)
      throw new QmpTransportError('unsupported', 'out-of-band commands do not go through a passthrough');
    return sendThrough(this.passthrough, this.limits, call, [call.signal, this.closed]);
  }

  async subscribe(
    only: readonly string[] | undefined,
    ends: AbortSignal | undefined,
    giveUp: AbortSignal,
  ): Promise<EventStream> {
    if (this.closed.aborted) throw this.closed.reason;
    const stream = this.hub.subscribe(only, ends);
    this.pump ??= this.startPump();
    try {
      await unlessAborted(this.pump.ready, [giveUp, this.closed]);
    } catch (error) {
      await stream.return();
      throw error;
    }
    return stream;
  }

  close(): void {
    if (this.closed.aborted) return;
    this.hub.end();
    this.closing.abort(new QmpTransportError('closed', 'this client was closed'));
  }

  private startPump(): Pump {
    const stopping = new AbortController();
    const ready = Promise.withResolvers<void>();
    ready.promise.catch(() => undefined);
    const run = async (): Promise<void> => {
      const events = await this.passthrough.events(stopping.signal);
      ready.resolve();
      for await (const event of events) {
        if (stopping.signal.aborted) return;
        this.publish(event);
      }
      if (!stopping.signal.aborted) throw new QmpTransportError('closed', 'the events of the monitor ended');
    };
    const pump: Pump = { stopping, ready: ready.promise };
    run().catch((error: unknown) => {
      const failure = asTransportError(error, 'the events of the monitor are lost');
      ready.reject(failure);
      if (this.pump !== pump) return;
      this.pump = undefined;
      stopping.abort();
      this.hub.end(failure);
    });
    return pump;
  }

  private stopPump(): void {
    const { pump } = this;
    this.pump = undefined;
    pump?.stopping.abort();
  }

  private publish({ event, seconds, micros, details }: PassthroughEvent): void {
    const timestamp = { seconds: Number(seconds), microseconds: micros };
    const size = event.length + (details?.length ?? 0);
    this.hub.publish(eventOf(event, this.readDetails(details), timestamp), size);
  }

  private readDetails(details: string | null): JsonObject {
    if (details === null) return {};
    const data = parseLimited(details, this.limits);
    if (!isJsonObject(data))
      throw new QmpTransportError('protocol', 'an event came with data that is no object');
    return data;
  }
}

/** Opens the door: asks who is behind it. @throws QmpTransportError, or the signal's reason */
export async function openPassthrough(
  passthrough: MonitorPassthrough,
  limits: QmpLimits,
  call: Pick<Call, 'signal' | 'callersSignal' | 'deadlineMs'>,
): Promise<PassthroughDoor> {
  const version: Call = {
    ...call,
    name: 'query-version',
    args: undefined,
    outOfBand: false,
    onSent: () => undefined,
  };
  const outcome = await sendThrough(passthrough, limits, version, [call.signal]);
  if (!outcome.ok)
    throw new QmpTransportError('protocol', `QEMU does not say its version: ${outcome.description}`);
  return new PassthroughDoor(passthrough, limits, { version: readVersion(outcome.value), capabilities: [] });
}

async function sendThrough(
  passthrough: MonitorPassthrough,
  limits: QmpLimits,
  call: Call,
  until: readonly AbortSignal[],
): Promise<Outcome> {
  const text = commandText(call);
  call.onSent();
  const { callersSignal, deadlineMs } = call;
  const options = callersSignal === undefined ? { deadlineMs } : { deadlineMs, signal: callersSignal };
  const carried = passthrough.command(text, options).catch((error: unknown) => {
    throw asTransportError(error, `${call.name} could not be carried to the monitor`);
  });
  return readAnswer(await unlessAborted(carried, until), limits);
}

function readAnswer(text: string, limits: QmpLimits): Outcome {
  const answer = parseLimited(text, limits);
  const outcome = isJsonObject(answer) ? readOutcome(answer) : undefined;
  if (outcome === undefined)
    throw new QmpTransportError('protocol', 'the monitor answered with JSON that is not QMP');
  return outcome;
}

function parseLimited(text: string, limits: QmpLimits): ReturnType<typeof parseJson> {
  if (text.length > limits.maxLineBytes)
    throw new QmpTransportError('limit', `the monitor sent more than ${limits.maxLineBytes} characters`);
  return parseJson(Buffer.from(text), limits);
}

function asTransportError(error: unknown, what: string): QmpTransportError {
  if (error instanceof QmpTransportError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new QmpTransportError('passthrough', `${what}: ${why}`, error);
}
