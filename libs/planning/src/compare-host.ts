import { PROOF_SERVICE, type Instance } from '@diecast/model';

/** A domain as a look at the host shows it. */
export type MachineSeen = {
  readonly uuid: string;
  readonly name: string;
  readonly state: string;
  /** Null when the domain is not ours. */
  readonly identity: {
    readonly instanceId: string;
    readonly service: string;
    readonly generation: number;
  } | null;
};

export type HostComparison = {
  readonly host: string;
  /** Read before everything else: whatever runs there was written down before it was started. */
  readonly machines: readonly MachineSeen[];
  /** Those that should be on the host, and those whose domains are on it. */
  readonly instances: readonly Instance[];
  /** Ids of instances that an open operation works on. */
  readonly busy: ReadonlySet<string>;
};

export type HostFinding =
  /** It should run here and does not: it has failed. */
  | { readonly kind: 'gone'; readonly instanceId: string; readonly reason: string }
  /** It runs here and should stand still: it is to be paused. */
  | { readonly kind: 'awake'; readonly instanceId: string; readonly reason: string }
  /** It is here and should not: it is to be removed. */
  | {
      readonly kind: 'stray';
      readonly instanceId: string;
      readonly name: string;
      readonly generation: number;
      readonly reason: string;
    };

const ENDED: ReadonlySet<string> = new Set(['shutoff', 'crashed']);

/**
 * What differs between a host and the store. What an operation works on is in that operation's hands, what proves an
 * image is in its operation's too, and what is not ours is nobody's business here.
 */
export function compareHost(view: HostComparison): readonly HostFinding[] {
  const { host, busy } = view;
  const instances = new Map(view.instances.map((instance) => [instance.id, instance]));
  const seen = new Map(view.machines.map((machine) => [machine.uuid, machine]));
  const wrong = view.instances
    .filter((instance) => instance.host === host && isOurs(instance.service) && !busy.has(instance.id))
    .flatMap((instance) => against(instance, seen.get(instance.id), host));
  const strays = view.machines.flatMap((machine) => {
    const { identity, uuid, name } = machine;
    if (identity === null || identity.instanceId !== uuid) return [];
    if (!isOurs(identity.service) || busy.has(uuid)) return [];
    const reason = reasonAgainst(identity.generation, instances.get(uuid));
    if (reason === undefined) return [];
    return [{ kind: 'stray' as const, instanceId: uuid, name, generation: identity.generation, reason }];
  });
  return [...wrong, ...strays];
}

const isOurs = (service: string): boolean => service !== PROOF_SERVICE;

function against(instance: Instance, seen: MachineSeen | undefined, host: string): readonly HostFinding[] {
  const { id: instanceId, status } = instance;
  if (status !== 'available' && status !== 'standby') return [];
  if (seen === undefined)
    return [{ kind: 'gone', instanceId, reason: `Its machine is gone from host ${host}.` }];
  if (ENDED.has(seen.state))
    return [{ kind: 'gone', instanceId, reason: `Its machine on host ${host} is ${seen.state}.` }];
  if (status === 'standby' && seen.state === 'running')
    return [{ kind: 'awake', instanceId, reason: `Its machine on host ${host} runs, and is in standby.` }];
  return [];
}

/** Why a domain may not be there; undefined: it may. */
function reasonAgainst(generation: number, instance: Instance | undefined): string | undefined {
  if (instance === undefined) return 'no instance explains it';
  if (instance.status === 'discontinued' || instance.status === 'failed')
    return `its instance is ${instance.status}`;
  if (generation >= instance.generation) return undefined;
  const where = instance.host === null ? '' : `, on host ${instance.host}`;
  return `it is of generation ${generation}, and generation ${instance.generation} counts${where}`;
}
