/** What a notification says: which event was appended last in a transaction, and whom it concerns. */
export type Notification = {
  /** Decimal text, as Event.id. */
  readonly eventId: string;
  /** `operation:ID`, `host:NAME` … */
  readonly topics: readonly string[];
};

export const CHANNEL = 'diecast_events';
/** PostgreSQL refuses payloads of 8000 bytes and more; whom it concerns is then left out, and everybody wakes. */
const MAX_TOPICS = 7_000;

/** What stands behind the event's id in a notification. */
export function encodeTopics(topics: Iterable<string>): string {
  const all = [...topics].map((topic) => ` ${topic}`).join('');
  return all.length <= MAX_TOPICS ? all : '';
}

export function decodeNotification(payload: string): Notification {
  const [eventId = '0', ...topics] = payload.split(' ');
  return { eventId, topics };
}

type Waiter = { readonly concerns: (topics: readonly string[]) => boolean; readonly wake: () => void };

/**
 * Wakes who waits. Everybody still looks for himself after a timeout, so a lost notification (the connection broke)
 * costs time and never truth.
 */
export class Notifier {
  readonly #waiters = new Set<Waiter>();
  #newest = 0n;

  /** The newest event that this process was told of. */
  get newest(): bigint {
    return this.#newest;
  }

  notify(payload: string): void {
    const { eventId, topics } = decodeNotification(payload);
    const id = BigInt(eventId);
    if (id > this.#newest) this.#newest = id;
    for (const waiter of this.#waiters) {
      if (topics.length === 0 || waiter.concerns(topics)) waiter.wake();
    }
  }

  /** After a broken connection nobody knows what was missed. */
  wakeAll(): void {
    for (const waiter of this.#waiters) waiter.wake();
  }

  /** Resolves on a notification that concerns the caller, on the signal, and after the timeout at the latest. */
  async wait(
    timeoutMs: number,
    signal?: AbortSignal,
    concerns: (topics: readonly string[]) => boolean = () => true,
  ): Promise<void> {
    if (signal?.aborted) return;
    const woken = Promise.withResolvers<void>();
    const wake = (): void => woken.resolve();
    const waiter: Waiter = { concerns, wake };
    const timer = setTimeout(wake, timeoutMs);
    this.#waiters.add(waiter);
    signal?.addEventListener('abort', wake);
    try {
      await woken.promise;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
      signal?.removeEventListener('abort', wake);
    }
  }
}
