import { connect, type NetConnectOpts } from 'node:net';
import { AppError } from '@diecast/model';

/** A dump of 10,000 servers is some 5 MB. */
const MOST_CHARACTERS = 32 * 1024 * 1024;
const DEADLINE_MS = 2_000;

/** @param address an absolute path of a socket or HOST:PORT, with an IPv6 address in brackets */
export function parseRuntimeAddress(address: string): NetConnectOpts {
  if (address.startsWith('/')) return { path: address };
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) > 0 && Number(port) < 65_536) return { host, port: Number(port) };
  throw new AppError(
    'invalid',
    `HAProxy's address must be an absolute path of a socket or HOST:PORT, not "${address}".`,
  );
}

/**
 * One line to HAProxy's runtime API over a connection of its own, which HAProxy closes after its answer: nothing that an
 * earlier question left behind can be taken for the answer to this one.
 * @throws AppError `unavailable` when there is no whole answer in time; `balancer_failed` when it does not end
 */
export async function askRuntime(address: string, line: string, signal?: AbortSignal): Promise<string> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  let answer = '';
  try {
    const socket = connect({ ...parseRuntimeAddress(address), signal: stop });
    socket.setEncoding('utf8');
    socket.write(`${line}\n`);
    for await (const chunk of socket) {
      answer += String(chunk);
      if (answer.length > MOST_CHARACTERS) {
        throw new AppError('balancer_failed', `HAProxy at ${address} gives an answer that does not end.`);
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AppError) throw error;
    const why = deadline.aborted ? `no answer within ${DEADLINE_MS} ms` : wordsOf(error);
    throw new AppError('unavailable', `HAProxy at ${address} is away: ${why}.`, { cause: error });
  }
  // Every answer ends with a line feed; without one, HAProxy went away in the middle of it.
  if (answer.endsWith('\n')) return answer;
  throw new AppError('unavailable', `HAProxy at ${address} went away in the middle of an answer.`);
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
