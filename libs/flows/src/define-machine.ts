import {
  AppError,
  blobFileName,
  domainName,
  seedFileName,
  type Accelerator,
  type Digest,
  type DiskFormat,
  type ImageManifest,
  type Instance,
  type IterationSpec,
} from '@diecast/model';
import { POOL, type MachineDefinition } from '@diecast/hypervisor';

type Parts = {
  readonly instance: Instance;
  readonly spec: Omit<IterationSpec, 'image'> & { readonly image: Digest };
  readonly manifest: ImageManifest;
  readonly accelerator: Accelerator;
  /** As portableCpu found it. */
  readonly cpuXml?: string | null;
  /** Frozen layers between the machine's own and the image, topmost first. */
  readonly frozen?: readonly string[];
};

const pathOf = (name: string): string => `${POOL.path}/${name}`;

/** `IP/PREFIX,GATEWAY`, as the guest reads it; undefined when it asks DHCP. */
export function networkCredential(
  instance: Instance,
  spec: Pick<IterationSpec, 'network'>,
): string | undefined {
  const { addressing } = spec.network;
  if (addressing.mode !== 'static' || instance.address === null) return undefined;
  return `${instance.address}/${addressing.prefix},${addressing.gateway ?? ''}`;
}

/** Everything about a machine from what is declared and what is reserved. Pure. */
export function defineMachine({
  instance,
  spec,
  manifest,
  accelerator,
  cpuXml = null,
  frozen = [],
}: Parts): MachineDefinition {
  if (instance.activeLayer === null)
    throw new AppError('internal', `Instance ${instance.id} has no disk layer to start from.`);
  const network = networkCredential(instance, spec);
  const layers = frozen.map((name) => ({ path: pathOf(name), format: 'qcow2' as DiskFormat }));
  const base = { path: pathOf(blobFileName(manifest.disk.digest)), format: manifest.disk.format };
  return {
    identity: {
      instanceId: instance.id,
      service: instance.service,
      iteration: instance.iteration,
      imageDigest: spec.image,
      generation: instance.generation,
    },
    name: domainName(instance),
    accelerator,
    machine: { ...spec.machine, firmware: manifest.firmware },
    cpuXml,
    network: spec.network,
    mac: instance.mac,
    sandbox: spec.sandbox,
    disk: { path: pathOf(instance.activeLayer), chain: [...layers, base] },
    boot:
      manifest.boot === undefined
        ? null
        : {
            kernel: pathOf(blobFileName(manifest.boot.kernel.digest)),
            initrd: pathOf(blobFileName(manifest.boot.initrd.digest)),
            commandLine: manifest.boot.commandLine,
          },
    seedPath: spec.userData.cloudInit === undefined ? null : pathOf(seedFileName(instance.id)),
    credentials: {
      ...spec.userData.credentials,
      'diecast.instance': instance.id,
      'diecast.service': instance.service,
      'diecast.iteration': String(instance.iteration),
      ...(network === undefined ? {} : { 'diecast.network': network }),
    },
  };
}
