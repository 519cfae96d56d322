import type { Host, Instance } from '@diecast/model';
import type { DomainView, Hypervisor } from '@diecast/hypervisor';
import { compareHost, type HostFinding } from '@diecast/planning';
import type { ControllerDeps } from './deps.js';
import { busyIds } from './open-work.js';

const CALL_DEADLINE_MS = 5_000;

export type LookOptions = {
  readonly signal: AbortSignal;
  /** Also how much room its pool has, which costs the host more than the rest. */
  readonly withRoom: boolean;
};

/**
 * Compares one host with the store and puts right what differs, then lets it be what it was before it fell silent: a host
 * that returns first loses every machine that no longer counts. Never two looks at one host at once.
 * @throws AppError `host_unreachable`, `host_refused`, `deadline` when it does not answer
 */
export function lookAtHost(deps: ControllerDeps, name: string, options: LookOptions): Promise<void> {
  const { store, hypervisors, log } = deps;
  return store.exclusively(`look/host/${name}`, async () => {
    const host = await store.hosts.find(name);
    if (host === undefined) return;
    const on = hypervisors.at(host);
    const call = { signal: options.signal, deadlineMs: CALL_DEADLINE_MS };
    const machines = await on.machines.listMachines(call);
    const room = options.withRoom ? (await on.readRoom(call)).poolAvailableBytes : undefined;
    await store.hosts.recordSeen(name, new Date(), room);
    for (const finding of await findIn(deps, host, machines)) {
      options.signal.throwIfAborted();
      await settle(deps, host, on, finding, options.signal);
    }
    if (host.status !== 'unreachable') return;
    const { status } = await store.hosts.comeBack(name);
    log.info({ host: name, status }, 'The host answers again.');
  });
}

/** The store is read after the host: what the host showed was written down before. */
function findIn(
  { store }: Pick<ControllerDeps, 'store'>,
  { name }: Host,
  machines: readonly DomainView[],
): Promise<readonly HostFinding[]> {
  return store.look(async (moment) => {
    const instances = new Map<string, Instance>();
    for (const instance of await moment.instances.live({ host: name })) instances.set(instance.id, instance);
    for (const { identity } of machines) {
      if (identity === null || instances.has(identity.instanceId)) continue;
      const found = await moment.instances.find(identity.instanceId);
      if (found !== undefined) instances.set(found.id, found);
    }
    const busy = busyIds(await moment.operations.open());
    return compareHost({ host: name, machines, instances: [...instances.values()], busy });
  });
}

/** Between the look and the act a machine may have come, gone or been taken in hand: so look at it once more. */
async function settle(
  deps: ControllerDeps,
  host: Host,
  on: Hypervisor,
  finding: HostFinding,
  signal: AbortSignal,
): Promise<void> {
  const { store, log } = deps;
  const { instanceId, reason } = finding;
  const now = await on.machines.findMachine(instanceId, { signal, deadlineMs: CALL_DEADLINE_MS });
  const again = await findIn(deps, host, now === undefined ? [] : [now]);
  if (!again.some((each) => isSame(each, finding))) return;
  if (finding.kind === 'gone') {
    await store.instances.setStatus(instanceId, 'failed', reason);
    log.warn({ host: host.name, instanceId }, reason);
    return;
  }
  if (finding.kind === 'awake') {
    await on.machines.pauseMachine(instanceId, { signal });
    await store.events.append({
      type: 'host.standbyPaused',
      resource: { type: 'host', id: host.name },
      data: { host: host.name, instanceId, reason },
    });
    log.warn({ host: host.name, instanceId }, 'A machine in standby ran and was paused again.');
    return;
  }
  await on.machines.stopMachine(instanceId, 0, { signal });
  const { name, generation } = finding;
  await store.events.append({
    type: 'host.strayRemoved',
    resource: { type: 'host', id: host.name },
    data: { host: host.name, instanceId, domain: name, generation, reason },
  });
  log.warn({ host: host.name, instanceId, domain: name }, `A stray machine was removed: ${reason}.`);
}

const isSame = (a: HostFinding, b: HostFinding): boolean =>
  a.kind === b.kind &&
  a.instanceId === b.instanceId &&
  (a.kind !== 'stray' || b.kind !== 'stray' || a.generation === b.generation);
