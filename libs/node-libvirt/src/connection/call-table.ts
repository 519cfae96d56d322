import { abortReason, LibvirtTimeoutError } from '../errors.js';
import type { Packet } from '../wire/packet.js';
import { Alarm } from './alarm.js';
import { DEFAULT_DEADLINE_MS, type WaitingOptions } from './call-options.js';

/** libvirtd stops reading a connection that has five unanswered calls (max_client_requests in libvirtd.conf). */
const CALLS_ON_THE_WIRE = 4;

type Call = {
  readonly procedure: string;
  readonly beforeSend: (() => void) | undefined;
  /** Puts the call on the wire under this number. */
  readonly send: (serial: number) => void;
  readonly deadlineMs: number;
  /** By `performance.now()`. */
  readonly deadline: number;
  readonly resolve: (packet: Packet) => void;
  readonly reject: (error: Error) => void;
};

/** Every call of one connection: those on the wire by their serial, and those that wait for room there. */
export class CallTable {
  private readonly onTheWire = new Map<number, Call>();
  /** Given up by their callers, and still open at the daemon: they keep their room. */
  private readonly abandoned = new Set<number>();
  private readonly queue: Call[] = [];
  private readonly alarm = new Alarm((now) => this.giveUpAt(now));
  private serial = 0;
  private failure: Error | undefined;

  /** Sends when there is room; resolves with the answer, whatever its status. */
  ask(procedure: string, options: WaitingOptions, send: Call['send']): Promise<Packet> {
    const { signal, beforeSend, deadlineMs = DEFAULT_DEADLINE_MS, since = performance.now() } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const deadline = since + deadlineMs;
      const call: Call = { procedure, beforeSend, send, deadlineMs, deadline, resolve, reject };
      this.begin(signal === undefined ? call : this.endedBy(signal, call));
    });
  }

  /** The name of the call that this packet answers; undefined when nobody asked. */
  answer(packet: Packet): string | undefined {
    const call = this.onTheWire.get(packet.serial);
    if (call === undefined && !this.abandoned.has(packet.serial)) return undefined;
    this.onTheWire.delete(packet.serial);
    this.abandoned.delete(packet.serial);
    call?.resolve(packet);
    this.fillRoom();
    return call?.procedure ?? 'abandoned';
  }

  /** Every call fails at once, also those to come. */
  fail(error: Error): void {
    this.failure = error;
    this.alarm.stop();
    for (const { reject } of [...this.onTheWire.values(), ...this.queue.splice(0)]) reject(error);
    this.onTheWire.clear();
    this.abandoned.clear();
  }

  /** Calls that somebody waits for. */
  get awaited(): number {
    return this.onTheWire.size + this.queue.length;
  }

  /** All that take up room, or would. */
  get open(): number {
    return this.awaited + this.abandoned.size;
  }

  /** Whether a call that was given up, by its deadline or its signal, still has its place at the daemon. */
  get hasAbandoned(): boolean {
    return this.abandoned.size > 0;
  }

  get isFull(): boolean {
    return this.open >= CALLS_ON_THE_WIRE;
  }

  private begin(call: Call): void {
    if (this.failure !== undefined) return call.reject(this.failure);
    this.queue.push(call);
    this.alarm.setFor(call.deadline);
    this.fillRoom();
  }

  /** The same call, which the signal gives up as long as it is open. */
  private endedBy(signal: AbortSignal, call: Call): Call {
    const abort = (): void => this.abandon(watched, abortReason(signal));
    const settle =
      <T>(act: (value: T) => void) =>
      (value: T): void => {
        signal.removeEventListener('abort', abort);
        act(value);
      };
    const watched = { ...call, resolve: settle(call.resolve), reject: settle(call.reject) };
    signal.addEventListener('abort', abort, { once: true });
    return watched;
  }

  /** Gives up what has come to its deadline. @returns the next one */
  private giveUpAt(now: number): number {
    let next = Infinity;
    for (const call of [...this.onTheWire.values(), ...this.queue]) {
      if (call.deadline > now) next = Math.min(next, call.deadline);
      else this.abandon(call, new LibvirtTimeoutError(call.procedure, call.deadlineMs));
    }
    return next;
  }

  private fillRoom(): void {
    while (this.onTheWire.size + this.abandoned.size < CALLS_ON_THE_WIRE) {
      const call = this.queue.shift();
      if (call === undefined) return;
      if (!isWanted(call)) continue;
      this.serial = (this.serial % 0x7fffffff) + 1;
      this.onTheWire.set(this.serial, call);
      call.send(this.serial);
    }
  }

  private abandon(call: Call, error: Error): void {
    const index = this.queue.indexOf(call);
    if (index >= 0) this.queue.splice(index, 1);
    for (const [serial, open] of this.onTheWire) {
      if (open !== call) continue;
      this.onTheWire.delete(serial);
      this.abandoned.add(serial);
    }
    call.reject(error);
  }
}

/** Whether it may leave after all; one that may not ends here. */
function isWanted({ beforeSend, reject }: Call): boolean {
  try {
    beforeSend?.();
    return true;
  } catch (error) {
    reject(error instanceof Error ? error : new Error(String(error)));
    return false;
  }
}
