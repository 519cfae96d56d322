import { isIP } from 'node:net';
import { AppError } from '@diecast/model';
import type { Balancer, ServerRef } from '../balancer.js';
import { readConnections, readLoad, readRefusal, readServerStates } from './answers.js';
import { askRuntime, parseRuntimeAddress } from './runtime-socket.js';

/**
 * HAProxy 2.6 or later through its runtime API, at level admin. Backends stand in its configuration, with a dynamic
 * balancing algorithm such as `roundrobin` or `leastconn`; servers come and go by `add server` and `del server`.
 * @param address of the stats socket: an absolute path or HOST:PORT
 * @throws AppError `invalid` for an address that is none
 */
export function haproxy(address: string): Balancer {
  parseRuntimeAddress(address);

  const ask = (line: string, signal?: AbortSignal): Promise<string> => askRuntime(address, line, signal);

  /** HAProxy tells success and refusal apart by a number, when asked to; its words are for people. */
  async function tell(command: string, signal?: AbortSignal): Promise<void> {
    const refusal = readRefusal(await ask(`set severity-output number;${command}`, signal));
    if (refusal === undefined) return;
    throw new AppError('balancer_failed', `HAProxy at ${address} refused "${command}": ${refusal}`);
  }

  return {
    address,

    async look(signal) {
      const { backends, loads } = readLoad(await ask('show stat -1 6 -1', signal));
      const states = readServerStates(await ask('show servers state', signal));
      const servers = states.flatMap((state) => {
        const load = loads.get(`${state.backend}/${state.name}`);
        return load === undefined ? [] : [{ ...state, ...load }];
      });
      return { backends, servers };
    },

    async add(server, signal) {
      // No pool of idle connections: a request is never sent on one that the machine may be closing just now, which
      // for a request that must not be repeated (POST) would be a failure.
      const where = `${wordFor(server)} ${socketFor(server)}`;
      await tell(`add server ${where} pool-max-conn 0 weight ${weightFor(server)}`, signal);
    },

    async admit(server, signal) {
      await tell(`${weighing(server)};set server ${wordFor(server)} state ready`, signal);
    },

    async weigh(server, signal) {
      await tell(weighing(server), signal);
    },

    async drain(server, signal) {
      await tell(`set server ${wordFor(server)} state drain`, signal);
    },

    async remove(server, how, signal) {
      const word = wordFor(server);
      await tell(`set server ${word} state maint`, signal);
      if (how === 'now') await tell(`shutdown sessions server ${word}`, signal);
      if (readConnections(await ask(`show servers conn ${server.backend}`, signal), word) > 0) {
        return 'lingering';
      }
      await tell(`del server ${word}`, signal);
      return 'gone';
    },
  };
}

/** HAProxy's own alphabet for names: no space, `;`, `/`, `#` or `\` could change what a command means. */
const NAME = /^[A-Za-z0-9_.-]{1,128}$/;

function wordFor({ backend, name }: ServerRef): string {
  const wrong = [backend, name].find((text) => !NAME.test(text));
  if (wrong === undefined) return `${backend}/${name}`;
  throw new AppError(
    'invalid',
    `"${wrong}" cannot name a backend or server: use a-z, 0-9, ".", "_" and "-".`,
  );
}

const weighing = (server: ServerRef & { readonly weight: number }): string =>
  `set server ${wordFor(server)} weight ${weightFor(server)}`;

function weightFor({ weight }: { readonly weight: number }): number {
  if (Number.isInteger(weight) && weight >= 0 && weight <= 256) return weight;
  throw new AppError('invalid', `${weight} is no weight: use 0 to 256.`);
}

function socketFor({ address, port }: { readonly address: string; readonly port: number }): string {
  if (isIP(address) === 0) throw new AppError('invalid', `"${address}" is no IP address.`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new AppError('invalid', `${port} is no TCP port: use 1 to 65535.`);
  }
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
