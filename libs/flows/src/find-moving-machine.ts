import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type Host } from '@diecast/model';
import type { DomainView, Hypervisor, MigrationProgress } from '@diecast/hypervisor';
import { judgeMove, type Sight, type Whereabouts } from '@diecast/planning';
import type { FlowServices } from './services.js';

type Watch = { readonly signal: AbortSignal };

const LOOK_EVERY_MS = 250;
/** A connection between two libvirtd is given up after 31 s of silence; then both know how it ended. */
const SETTLED_WITHIN_MS = 60_000;

function sightOf(machine: DomainView | undefined): Sight {
  if (machine === undefined) return 'absent';
  return machine.state === 'running' || machine.state === 'paused' ? machine.state : 'other';
}

/** Both ends of a move. */
export type Ends = { readonly source: Host; readonly target: Host };

/** Where the machine is, once both hosts agree. Never guesses: a host that cannot be asked throws `host_unreachable`. */
export async function findMovingMachine(
  { hypervisors }: Pick<FlowServices, 'hypervisors'>,
  { source, target }: Ends,
  instanceId: string,
  { signal }: Watch,
): Promise<Whereabouts> {
  const deadline = performance.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const [here, there] = await Promise.all([
      hypervisors.at(source).machines.findMachine(instanceId, { signal }),
      hypervisors.at(target).machines.findMachine(instanceId, { signal }),
    ]);
    const where = judgeMove(sightOf(here), sightOf(there));
    if (where !== 'between' || performance.now() > deadline) return where;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Waits for a migration that another worker began: libvirt goes on with it alone. */
export async function followMigration(
  on: Hypervisor,
  instanceId: string,
  { signal, onProgress }: Watch & { readonly onProgress: (progress: MigrationProgress) => void },
): Promise<void> {
  for (;;) {
    const progress = await on.migrations.readMigration(instanceId, { signal });
    if (progress === undefined) return;
    onProgress(progress);
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Cancels until no migration runs. */
export async function stopMigration(on: Hypervisor, instanceId: string, { signal }: Watch): Promise<void> {
  while ((await on.migrations.readMigration(instanceId, { signal })) !== undefined) {
    await on.migrations.cancelMigration(instanceId, { signal });
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** @throws what a person must know when hosts alone do not tell where the machine is */
export function requireCertain(where: Whereabouts, instanceId: string, { source, target }: Ends): void {
  if (where === 'source' || where === 'target') return;
  const [a, b] = [source.name, target.name];
  const found = {
    both: `runs on both ${a} and ${b}; end the copy that is not meant with "virsh destroy ${instanceId}" on its host`,
    between: `is neither wholly on ${a} nor on ${b}; look at "virsh domstate --reason ${instanceId}" on both`,
    neither: `runs on neither ${a} nor ${b}: it ended while it moved; discontinue it`,
  } as const;
  throw new AppError('conflict', `Machine ${instanceId} ${found[where]}.`, {
    details: { source: a, target: b, where },
  });
}
