import type { Served } from '@diecast/model';

/** A server of a balancer: one machine's place behind one backend. */
export type ServerRef = { readonly backend: string; readonly name: string };

/**
 * - `ready`: is given requests
 * - `drain`: finishes the ones that it has and is given no new ones
 * - `maint`: out of service; how every server begins and ends
 */
export type ServerState = 'ready' | 'drain' | 'maint';

export type BalancerServer = ServerRef & {
  readonly address: string;
  readonly port: number;
  readonly state: ServerState;
  /** Its part of the requests beside the others of its backend, 0 to 256. */
  readonly weight: number;
  /** Requests on it or waiting for it; in backends of mode tcp: connections. */
  readonly requests: number;
  /** Since the server was made, or the balancer was started. */
  readonly served: Served;
  /** By the balancer's own clock, whole seconds. */
  readonly secondsInState: number;
};

/** What a balancer is at one moment, with what is not ours. */
export type BalancerView = {
  readonly backends: ReadonlySet<string>;
  readonly servers: readonly BalancerServer[];
};

/**
 * Makes a balancer do something. Every method blocks until the balancer has answered, at most some seconds.
 *
 * Every method @throws AppError `unavailable` when the balancer does not answer, `balancer_failed` when it refuses, or
 * answers what cannot be read, and `invalid` for a name or an address that it could not be given safely.
 */
export interface Balancer {
  /** Where it is, for logs. */
  readonly address: string;
  /** Changes nothing. Asks more than one question: a server that came or went in between is left out. */
  look(signal?: AbortSignal): Promise<BalancerView>;
  /** In `maint`: it is given nothing yet. Not idempotent: a name that is taken is refused. */
  add(
    server: ServerRef & { readonly address: string; readonly port: number; readonly weight: number },
    signal?: AbortSignal,
  ): Promise<void>;
  /** From here on it is given requests, as many as its weight says. Idempotent. */
  admit(server: ServerRef & { readonly weight: number }, signal?: AbortSignal): Promise<void>;
  /** From here on its part of the requests is another one. Idempotent. */
  weigh(server: ServerRef & { readonly weight: number }, signal?: AbortSignal): Promise<void>;
  /** From here on it is given no new requests. Idempotent; the time in this state goes on. */
  drain(server: ServerRef, signal?: AbortSignal): Promise<void>;
  /**
   * Takes it out of service and out of the balancer. May be called again until it says `gone`.
   * @param how `now` ends the requests that are still on it; `idle` lets them end
   * @returns `lingering` while connections of it are ending: it is in `maint` until then
   */
  remove(server: ServerRef, how: 'idle' | 'now', signal?: AbortSignal): Promise<'gone' | 'lingering'>;
}

const OURS = /^i-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A server's name is made of the machine's id alone, so that it says whose it is and nothing else can be in it. */
export const serverName = (instanceId: string): string => `i-${instanceId}`;

/** The machine that a server stands for; undefined when the server is none of ours. */
export const instanceOfServer = (name: string): string | undefined => OURS.exec(name)?.[1];
