import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../connection/connection.js';
import type { Packet } from '../wire/packet.js';
import { MessageQueue } from './message-queue.js';

/** What happens to the subscription itself. */
export type SubscriptionEvent =
  /** From here on nothing is missed. */
  | { readonly type: 'connected' }
  /** Connected again. What happened since `disconnected` is not told: look again. */
  | { readonly type: 'gap' }
  | { readonly type: 'disconnected'; readonly error: Error };

const BACKOFF = { firstMs: 250, mostMs: 15_000 } as const;

type Subscription<T> = {
  readonly connect: () => Promise<Connection>;
  readonly register: (connection: Connection) => Promise<void>;
  readonly read: (packet: Packet) => T | undefined;
  /** True when the end of a connection is the end of all. */
  readonly over: () => boolean;
  readonly signal: AbortSignal;
};

/** Messages until the signal aborts; connects again by itself with jittered backoff and says so. */
export async function* follow<T>(subscription: Subscription<T>): AsyncGenerator<T | SubscriptionEvent> {
  const { connect, register, read, over, signal } = subscription;
  const done = (): boolean => signal.aborted || over();
  let delayMs: number = BACKOFF.firstMs;
  let before = false;
  while (!done()) {
    let connection: Connection | undefined;
    const leave = (): void => connection?.close();
    signal.addEventListener('abort', leave, { once: true });
    try {
      connection = await connect();
      const messages = new MessageQueue(connection, signal);
      await register(connection);
      yield { type: before ? 'gap' : 'connected' };
      before = true;
      delayMs = BACKOFF.firstMs;
      for await (const packet of messages) {
        const event = read(packet);
        if (event !== undefined) yield event;
      }
    } catch (error) {
      if (done()) return;
      yield { type: 'disconnected', error: error instanceof Error ? error : new Error(String(error)) };
      await sleep(delayMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
      delayMs = Math.min(delayMs * 2, BACKOFF.mostMs);
    } finally {
      signal.removeEventListener('abort', leave);
      connection?.close();
    }
  }
}
