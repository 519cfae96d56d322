import type { QmpLimits } from '../limits.js';
import type { QmpEvent } from './event.js';
import { EventStream } from './event-stream.js';

/** Hands every event to everybody who listens. */
export class EventHub {
  private readonly streams = new Set<EventStream>();

  constructor(
    private readonly limits: QmpLimits,
    /** The last listener has left. */
    private readonly onIdle: () => void = () => undefined,
  ) {}

  /** Nothing that is published after this is missed. */
  subscribe(only: readonly string[] | undefined, signal: AbortSignal | undefined): EventStream {
    const stream = new EventStream(only, this.limits, () => this.forget(stream));
    this.streams.add(stream);
    if (signal?.aborted === true) stream.end();
    else if (signal !== undefined) stream.endWith(signal);
    return stream;
  }

  /** @param bytes what the event took on the wire */
  publish(event: QmpEvent, bytes: number): void {
    for (const stream of this.streams) stream.push(event, bytes);
  }

  /** Ends every subscription; with an error, their readers get it after the events that wait for them. */
  end(error?: Error): void {
    for (const stream of [...this.streams]) stream.end(error);
  }

  private forget(stream: EventStream): void {
    if (this.streams.delete(stream) && this.streams.size === 0) this.onIdle();
  }
}
