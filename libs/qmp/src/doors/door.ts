import type { EventStream } from '../events/event-stream.js';
import type { Command } from '../wire/command-text.js';
import type { Greeting, Outcome } from '../wire/message.js';

/** A command on its way. */
export type Call = Command & {
  /** Aborts when the caller gives up, with the reason: at the deadline, or with the caller's own signal. */
  readonly signal: AbortSignal;
  readonly callersSignal: AbortSignal | undefined;
  /** Milliseconds. */
  readonly deadlineMs: number;
  /** To be called when the command leaves this process. */
  readonly onSent: () => void;
};

/** A way to a QEMU's monitor: a socket, or libvirt. */
export interface Door {
  readonly greeting: Greeting;
  /** Whether commands may run out of band here. */
  readonly outOfBand: boolean;
  /** Aborts when the door is shut, by either side; the reason is why. */
  readonly closed: AbortSignal;
  /** Rejects with the signal's reason or a QmpTransportError; that QEMU refused is an outcome. */
  send(call: Call): Promise<Outcome>;
  /**
   * Resolves when nothing that happens from now on is missed.
   * @param ends the signal that ends the subscription
   * @param giveUp the signal that ends waiting for it
   */
  subscribe(
    only: readonly string[] | undefined,
    ends: AbortSignal | undefined,
    giveUp: AbortSignal,
  ): Promise<EventStream>;
  close(): void;
}
