import { createConnection, type NetConnectOpts, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { QmpError, QmpTransportError } from '../errors.js';
import type { QmpLimits } from '../limits.js';
import { withinDeadline } from '../deadline.js';
import { SocketDoor } from './socket-door.js';

/** Where a monitor listens: `-qmp unix:PATH,server=on,wait=off` or `-qmp tcp:HOST:PORT,server=on,wait=off`. */
export type QmpAddress = { readonly path: string } | { readonly host: string; readonly port: number };

export type OpenOptions = {
  readonly limits: QmpLimits;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** Enables out-of-band commands if QEMU offers them. */
  readonly outOfBand: boolean;
  /** Tries again while nobody listens. */
  readonly untilListening: boolean;
};

const KEEP_ALIVE_AFTER_MS = 15_000;
const TRY_AGAIN_AFTER_MS = 20;

/** Connects, reads the greeting and negotiates the capabilities. @throws QmpTransportError | QmpTimeoutError | QmpError */
export async function openAddress(address: QmpAddress, options: OpenOptions): Promise<SocketDoor> {
  return withinDeadline('connecting', options, async (signal) => {
    const socket = await (options.untilListening ? dialUntilListening : dial)(address, signal);
    return negotiate(socket, options, signal);
  });
}

/** The same on a stream that is connected already. */
export async function openStream(stream: Duplex, options: OpenOptions): Promise<SocketDoor> {
  return withinDeadline('connecting', options, (signal) => negotiate(stream, options, signal));
}

function dial(address: QmpAddress, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const tcp: Partial<NetConnectOpts> =
    'path' in address ? {} : { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS };
  const socket = createConnection({ ...address, ...tcp } as NetConnectOpts);
  const giveUp = (): void => {
    socket.destroy();
    reject(signal.reason);
  };
  const onError = (error: Error): void =>
    reject(new QmpTransportError('unreachable', `no QEMU at ${nameOf(address)}: ${error.message}`, error));
  signal.addEventListener('abort', giveUp, { once: true });
  socket.once('error', onError);
  socket.once('connect', () => {
    signal.removeEventListener('abort', giveUp);
    socket.off('error', onError);
    resolve(socket);
  });
  return promise;
}

async function dialUntilListening(address: QmpAddress, signal: AbortSignal): Promise<Socket> {
  for (;;) {
    try {
      return await dial(address, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!isNotYetListening(error)) throw error;
      await sleep(TRY_AGAIN_AFTER_MS);
      signal.throwIfAborted();
    }
  }
}

/** There is no socket yet, or nobody at it; anything else does not get better by waiting. */
function isNotYetListening(error: unknown): boolean {
  const { code } = (error as { readonly cause?: NodeJS.ErrnoException }).cause ?? {};
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

async function negotiate(stream: Duplex, options: OpenOptions, signal: AbortSignal): Promise<SocketDoor> {
  const door = new SocketDoor(stream, options.limits);
  const giveUp = (): void => door.close();
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    const { capabilities } = await door.awaitGreeting();
    const enable = options.outOfBand && capabilities.includes('oob') ? ['oob'] : [];
    const { deadlineMs } = options;
    const outcome = await door.send({
      name: 'qmp_capabilities',
      args: { enable },
      outOfBand: false,
      signal,
      callersSignal: options.signal,
      deadlineMs,
      onSent: () => undefined,
    });
    if (!outcome.ok) throw new QmpError('qmp_capabilities', outcome.errorClass, outcome.description);
    door.outOfBand = enable.length > 0;
    return door;
  } catch (error) {
    door.close();
    // Closing it was our doing; why we did is what the caller wants to know.
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function nameOf(address: QmpAddress): string {
  return 'path' in address ? address.path : `${address.host}:${address.port}`;
}
