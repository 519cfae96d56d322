import { QmpEventsLostError } from '../errors.js';
import type { QmpLimits } from '../limits.js';
import type { QmpEvent } from './event.js';

type Waiting = { readonly event: QmpEvent; readonly bytes: number };
type Reader = PromiseWithResolvers<IteratorResult<QmpEvent, undefined>>;

const OVER: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The events of one subscription, in order. What is not read waits here, up to the limits; then the subscription ends with a
 * QmpEventsLostError, because holding QEMU up would be worse than telling the reader.
 */
export class EventStream implements AsyncIterableIterator<QmpEvent, undefined> {
  private readonly queue: Waiting[] = [];
  private readonly readers: Reader[] = [];
  private readonly only: ReadonlySet<string> | undefined;
  private queuedBytes = 0;
  private ended = false;
  private failure: Error | undefined;
  private stopListening: () => void = () => undefined;

  constructor(
    only: readonly string[] | undefined,
    private readonly limits: Pick<QmpLimits, 'maxQueuedEvents' | 'maxQueuedEventBytes'>,
    private readonly onEnd: () => void,
  ) {
    this.only = only === undefined ? undefined : new Set(only);
  }

  push(event: QmpEvent, bytes: number): void {
    if (this.ended || this.only?.has(event.name) === false) return;
    const reader = this.readers.shift();
    if (reader !== undefined) return reader.resolve({ done: false, value: event });
    if (!this.hasRoomFor(bytes)) return this.end(new QmpEventsLostError(this.queue.length));
    this.queue.push({ event, bytes });
    this.queuedBytes += bytes;
  }

  /** No more events come. Those that wait are still read, then the error is thrown, once. */
  end(error?: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.failure = error;
    this.stopListening();
    this.onEnd();
    for (const reader of this.readers.splice(0)) {
      const failure = this.takeFailure();
      if (failure === undefined) reader.resolve(OVER);
      else reader.reject(failure);
    }
  }

  /** The iteration is over when the signal aborts. */
  endWith(signal: AbortSignal): void {
    const leave = (): void => this.leave();
    signal.addEventListener('abort', leave, { once: true });
    this.stopListening = () => signal.removeEventListener('abort', leave);
  }

  async next(): Promise<IteratorResult<QmpEvent, undefined>> {
    const next = this.queue.shift();
    if (next !== undefined) {
      this.queuedBytes -= next.bytes;
      return { done: false, value: next.event };
    }
    if (this.ended) {
      const failure = this.takeFailure();
      if (failure !== undefined) throw failure;
      return OVER;
    }
    const reader: Reader = Promise.withResolvers();
    this.readers.push(reader);
    return reader.promise;
  }

  /** Ends the subscription; what waits is dropped. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.leave();
    return OVER;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
  }

  private leave(): void {
    this.end();
    this.failure = undefined;
    this.queue.length = 0;
    this.queuedBytes = 0;
  }

  private takeFailure(): Error | undefined {
    const { failure } = this;
    this.failure = undefined;
    return failure;
  }

  private hasRoomFor(bytes: number): boolean {
    if (this.queue.length === 0) return true;
    const { maxQueuedEvents, maxQueuedEventBytes } = this.limits;
    return this.queue.length < maxQueuedEvents && this.queuedBytes + bytes <= maxQueuedEventBytes;
  }
}
