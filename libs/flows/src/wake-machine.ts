import { randomBytes } from 'node:crypto';
import { restoreFileName, type Host, type Instance, type IterationSpec } from '@diecast/model';
import type { MachineDefinition } from '@diecast/hypervisor';
import { networkCredential } from './define-machine.js';
import { removeFile } from './remove-machine.js';
import type { FlowServices } from './services.js';

/**
 * A program that every image must have whose machines are restored with their memory. It is given `instance=`, `service=`,
 * `iteration=`, `mac=`, `network=` (`IP/PREFIX,GATEWAY`, or `dhcp` when it has to ask as soon as its link is up) and `seed=` for the
 * random generator, and ends with 0 when the machine is who it is told to be.
 */
const IDENTITY_PROGRAM = '/usr/bin/diecast-identity';
const SEED_BYTES = 48;

type Waking = {
  readonly host: Host;
  readonly instance: Instance;
  readonly spec: Pick<IterationSpec, 'network'>;
  readonly machine: MachineDefinition;
  readonly memoryFile: string;
};

/** Starts a machine where the memory of another stood, as somebody else: its link comes up only when it knows who it is. */
export async function wakeMachine(
  services: FlowServices,
  { host, instance, spec, machine, memoryFile }: Waking,
  signal: AbortSignal,
): Promise<void> {
  const copy = restoreFileName(instance.id);
  const file = { host: host.name, name: copy, kind: 'memory' as const, sizeBytes: 0 };
  await services.store.hostFiles.begin({ ...file, backing: null, owner: instance.id });
  const network = networkCredential(instance, spec) ?? 'dhcp';
  const identify = [
    IDENTITY_PROGRAM,
    `instance=${instance.id}`,
    `service=${instance.service}`,
    `iteration=${instance.iteration}`,
    `mac=${instance.mac}`,
    `network=${network}`,
    `seed=${randomBytes(SEED_BYTES).toString('base64')}`,
  ];
  const { restores } = services.hypervisors.at(host);
  await restores.restoreMachine(machine, memoryFile, identify, { signal });
  await removeFile(services, host, copy, signal);
}
