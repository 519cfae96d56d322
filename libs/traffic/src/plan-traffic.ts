import type { Instance, TrafficSpec } from '@diecast/model';
import {
  instanceOfServer,
  serverName,
  type BalancerServer,
  type BalancerView,
  type ServerRef,
} from './balancer.js';
import { weigh, type Claim } from './weigh.js';

/** What the store says about one machine and the balancer. */
export type TrafficWish = ServerRef &
  Claim & {
    readonly instanceId: string;
    /** Null: it is to get no requests. */
    readonly at: { readonly address: string; readonly port: number } | null;
    /** It could serve, and others are to get the requests: it goes on until all of these do. */
    readonly yields: boolean;
    /** Why it is, or is not, to get requests. */
    readonly reason: string;
    /** How long the requests on it may take to end once it gets no new ones. */
    readonly drainSeconds: number;
  };

/**
 * - `add`: make the server, then let it in
 * - `admit`: it is there; let it in
 * - `weigh`: another part of the requests
 * - `yield`: as `drain`, but only when all who enter the backend by this plan have entered
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
        readonly weight: number;
      }
    | { readonly kind: 'admit'; readonly instanceId: string; readonly weight: number }
    | { readonly kind: 'weigh'; readonly weight: number }
    | { readonly kind: 'yield' | 'drain' }
    | { readonly kind: 'wait' | 'blocked' }
    | { readonly kind: 'remove'; readonly how: 'idle' | 'now' }
  );

/** For servers of machines, and machines of services, that nobody knows any more. */
export const DEFAULT_DRAIN_SECONDS = 30;

/**
 * A machine is to get requests while it is available, healthy, not restored from a snapshot, and of an iteration that has a
 * share. That holds for the last one of a backend too: a machine known to be broken answers nobody, and HAProxy's 503
 * says so at once.
 * @param share of its iteration, in percent; null: every machine alike
 */
export function wishFor(
  instance: Instance,
  traffic: TrafficSpec,
  drainSeconds: number,
  share: number | null,
): TrafficWish {
  const { id: instanceId, service, iteration, address } = instance;
  const against = reasonAgainst(instance);
  const yields = against === null && share === 0;
  const reason = against ?? (yields ? `iteration ${iteration} gets no requests` : null);
  return {
    backend: traffic.backend,
    name: serverName(instanceId),
    instanceId,
    service,
    iteration,
    share,
    at: reason === null && address !== null ? { address, port: traffic.port } : null,
    yields,
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
 * replacing all servers of a backend at once leaves no moment without one. Nobody yields while one that is to get requests
 * cannot enter, or when there is none. Servers with names that are not ours are not touched. Time is the balancer's:
 * whoever plans next goes on where the last one ended.
 */
export function planTraffic(wishes: readonly TrafficWish[], view: BalancerView): readonly TrafficAction[] {
  const present = new Map(view.servers.map((server) => [keyOf(server), server]));
  const wished = new Set(wishes.map(keyOf));
  const weights = weightsOf(wishes);
  const yieldable = backendsToYieldIn(wishes, present);
  const entering: TrafficAction[] = [];
  const weighing: TrafficAction[] = [];
  const leaving: TrafficAction[] = [];
  for (const wish of wishes) {
    const server = present.get(keyOf(wish));
    const weight = weights.get(keyOf(wish)) ?? 0;
    if (server === undefined) entering.push(...enter(wish, weight, view));
    else if (wish.at === null) leaving.push(leaveOrYield(server, wish, yieldable));
    else if (!isAt(server, wish.at)) leaving.push(leave(server, movedTo(wish.at), wish.drainSeconds));
    else if (server.state !== 'ready') entering.push(readmit(server, weight, wish));
    else if (server.weight !== weight) weighing.push(reweigh(server, weight));
  }
  for (const server of view.servers) {
    if (instanceOfServer(server.name) === undefined || wished.has(keyOf(server))) continue;
    leaving.push(leave(server, 'no machine explains it', DEFAULT_DRAIN_SECONDS));
  }
  return [...entering, ...weighing, ...leaving];
}

/** Of all that are to get requests, by server. */
function weightsOf(wishes: readonly TrafficWish[]): ReadonlyMap<string, number> {
  const backends = Map.groupBy(
    wishes.filter(({ at }) => at !== null),
    ({ backend }) => backend,
  );
  return new Map(
    [...backends.values()].flatMap((claims) => {
      const weights = weigh(claims);
      return claims.map((claim, index) => [keyOf(claim), weights[index] ?? 0] as const);
    }),
  );
}

/** Where somebody is to get requests, and nobody is kept from it by what must happen first. */
function backendsToYieldIn(
  wishes: readonly TrafficWish[],
  present: ReadonlyMap<string, BalancerServer>,
): ReadonlySet<string> {
  const entitled = wishes.filter(({ at }) => at !== null);
  const held = entitled.filter((wish) => {
    const server = present.get(keyOf(wish));
    return server !== undefined && wish.at !== null && !isAt(server, wish.at);
  });
  const waits = new Set(held.map(({ backend }) => backend));
  return new Set(entitled.map(({ backend }) => backend).filter((backend) => !waits.has(backend)));
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

function enter(wish: TrafficWish, weight: number, view: BalancerView): readonly TrafficAction[] {
  const { at, instanceId, reason } = wish;
  if (at === null) return [];
  if (!view.backends.has(wish.backend))
    return [{ kind: 'blocked', ...refOf(wish), reason: `the balancer has no backend ${wish.backend}` }];
  return [{ kind: 'add', ...refOf(wish), instanceId, ...at, weight, reason }];
}

const readmit = (
  server: BalancerServer,
  weight: number,
  { instanceId, reason }: TrafficWish,
): TrafficAction => ({ kind: 'admit', ...refOf(server), instanceId, weight, reason });

const reweigh = (server: BalancerServer, weight: number): TrafficAction => ({
  kind: 'weigh',
  ...refOf(server),
  weight,
  reason: `its part of the requests is ${weight}, not ${server.weight}`,
});

function leaveOrYield(
  server: BalancerServer,
  { yields, reason, drainSeconds }: TrafficWish,
  yieldable: ReadonlySet<string>,
): TrafficAction {
  if (!yields || server.state !== 'ready') return leave(server, reason, drainSeconds);
  if (yieldable.has(server.backend)) return { kind: 'yield', ...refOf(server), reason };
  return { kind: 'wait', ...refOf(server), reason: `${reason}, and nobody else can take them yet` };
}

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
