import type { Instance, TrafficSpec } from '@diecast/model';
import {
  instanceOfServer,
  serverName,
  type BalancerServer,
  type BalancerView,
  type ServerRef,
} from './balancer.js';

/** What the store says about one machine and the balancer. */
export type TrafficWish = ServerRef & {
  readonly instanceId: string;
  /** Null: it is to get no requests. */
  readonly at: { readonly address: string; readonly port: number } | null;
  /** Why it is, or is not, to get requests. */
  readonly reason: string;
  /** How long the requests on it may take to end once it gets no new ones. */
  readonly drainSeconds: number;
};

/**
 * - `add`: make the server, then let it in
 * - `admit`: it is there; let it in
 * - `drain`: no new requests
 * - `remove`: take it out; `now` when what is on it has had its time
 * - `wait`: nothing to do yet
 * - `blocked`: cannot be done; somebody must change the balancer's configuration
 */
export type TrafficAction = ServerRef & { readonly reason: string } & (
    | {
        readonly kind: 'add';
        readonly instanceId: string;
        readonly address: string;
        readonly port: number;
      }
    | { readonly kind: 'admit'; readonly instanceId: string }
    | { readonly kind: 'drain' }
    | { readonly kind: 'wait' }
    | { readonly kind: 'blocked' }
    | { readonly kind: 'remove'; readonly how: 'idle' | 'now' }
  );

/** For servers of machines, and machines of services, that nobody knows any more. */
export const DEFAULT_DRAIN_SECONDS = 30;

/**
 * A machine is to get requests while it is available, healthy, and not restored from a snapshot. That holds for the last one
 * of a backend too: a machine known to be broken answers nobody, and HAProxy's 503 says so at once.
 */
export function wishFor(instance: Instance, traffic: TrafficSpec, drainSeconds: number): TrafficWish {
  const { id: instanceId, address } = instance;
  const reason = reasonAgainst(instance);
  return {
    backend: traffic.backend,
    name: serverName(instanceId),
    instanceId,
    at: reason === null && address !== null ? { address, port: traffic.port } : null,
    reason: reason ?? 'it is available and healthy',
    drainSeconds,
  };
}

function reasonAgainst({ status, healthy, address, restoredFrom }: Instance): string | null {
  if (restoredFrom !== null) return 'it was restored from a snapshot';
  if (status !== 'available') return `it is ${status}`;
  if (!healthy) return 'it is not healthy';
  return address === null ? 'its address is not known' : null;
}

/**
 * From what is wished and what is there to what is to be done, in this order: who enters comes before who leaves, so that
 * replacing all servers of a backend at once leaves no moment without one. Servers with names that are not ours are
 * not touched. Time is the balancer's: whoever plans next goes on where the last one ended.
 */
export function planTraffic(wishes: readonly TrafficWish[], view: BalancerView): readonly TrafficAction[] {
  const present = new Map(view.servers.map((server) => [keyOf(server), server]));
  const wished = new Set(wishes.map(keyOf));
  const entering: TrafficAction[] = [];
  const leaving: TrafficAction[] = [];
  for (const wish of wishes) {
    const server = present.get(keyOf(wish));
    if (server === undefined) entering.push(...enter(wish, view));
    else if (wish.at === null) leaving.push(leave(server, wish.reason, wish.drainSeconds));
    else if (isAt(server, wish.at)) entering.push(...readmit(server, wish));
    else leaving.push(leave(server, movedTo(wish.at), wish.drainSeconds));
  }
  for (const server of view.servers) {
    if (instanceOfServer(server.name) === undefined || wished.has(keyOf(server))) continue;
    leaving.push(leave(server, 'no machine explains it', DEFAULT_DRAIN_SECONDS));
  }
  return [...entering, ...leaving];
}

/** Whether the balancer gives the machine requests, or waits for the ones that it has. */
export const isCarried = (wish: ServerRef, view: BalancerView): boolean =>
  view.servers.some((server) => keyOf(server) === keyOf(wish) && server.state !== 'maint');

const keyOf = ({ backend, name }: ServerRef): string => `${backend}/${name}`;
const refOf = ({ backend, name }: ServerRef): ServerRef => ({ backend, name });

const isAt = (server: BalancerServer, at: NonNullable<TrafficWish['at']>): boolean =>
  server.address === at.address && server.port === at.port;

const movedTo = ({ address, port }: NonNullable<TrafficWish['at']>): string =>
  `its machine is at ${address}:${port}`;

function enter(wish: TrafficWish, view: BalancerView): readonly TrafficAction[] {
  const { at, instanceId, reason } = wish;
  if (at === null) return [];
  if (view.backends.has(wish.backend)) return [{ kind: 'add', ...refOf(wish), instanceId, ...at, reason }];
  return [{ kind: 'blocked', ...refOf(wish), reason: `the balancer has no backend ${wish.backend}` }];
}

const readmit = (server: BalancerServer, { instanceId, reason }: TrafficWish): readonly TrafficAction[] =>
  server.state === 'ready' ? [] : [{ kind: 'admit', ...refOf(server), instanceId, reason }];

function leave(server: BalancerServer, reason: string, drainSeconds: number): TrafficAction {
  const { state, requests, secondsInState } = server;
  const ref = refOf(server);
  if (state === 'ready') return { kind: 'drain', ...ref, reason };
  if (requests === 0) return { kind: 'remove', how: 'idle', ...ref, reason: `${reason}; it has no requests` };
  const late = `${requests} requests have not ended within ${drainSeconds} s`;
  if (state === 'maint' || secondsInState >= drainSeconds) {
    return { kind: 'remove', how: 'now', ...ref, reason: `${reason}; ${late}` };
  }
  return { kind: 'wait', ...ref, reason: `${reason}; ${requests} requests on it` };
}
