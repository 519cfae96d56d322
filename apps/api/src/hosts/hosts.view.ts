import { HOST_STATES, type Host, type HostFacts } from '@diecast/model';
import {
  ChoiceShown,
  iso,
  isoOrNull,
  ObjectShown,
  TextShown,
  TimeShown,
  UuidShown,
  WholeShown,
} from '../http/shown.js';

export class PoolView {
  @TextShown('Name of the libvirt storage pool.', { example: 'diecast' })
  readonly name!: string;

  @TextShown('Folder of the pool.', { example: '/var/lib/libvirt/diecast' })
  readonly path!: string;

  @WholeShown('Bytes that fit in.', { example: 107_374_182_400 })
  readonly capacityBytes!: number;

  @WholeShown('Bytes that are free.', { example: 80_530_636_800 })
  readonly availableBytes!: number;
}

/** What a look at the host told, by booting and measuring. */
export class HostFactsView {
  @TextShown('What the host calls itself.', { example: 'rack1-a' })
  readonly hostname!: string;

  @UuidShown("libvirt's UUID of the host.")
  readonly hostUuid!: string;

  @TextShown('Version of libvirt.', { example: '9.0.0' })
  readonly libvirtVersion!: string;

  @TextShown('Version of QEMU.', { example: '7.2.0' })
  readonly qemuVersion!: string;

  @TextShown('Of its processors.', { example: 'x86_64' })
  readonly architecture!: string;

  @TextShown('As libvirt names it.', { example: 'EPYC-Rome' })
  readonly cpuModel!: string;

  @WholeShown('Processors.', { example: 64 })
  readonly cpus!: number;

  @WholeShown('Bytes of memory.', { example: 270_582_939_648 })
  readonly memoryBytes!: number;

  @ChoiceShown('What runs its machines, as a boot has shown.', ['kvm', 'tcg'], { example: 'kvm' })
  readonly accelerator!: string;

  @TextShown('Why this one.', { example: 'a guest booted under KVM' })
  readonly acceleratorReason!: string;

  @TextShown('Security drivers of QEMU in force.', { isArray: true, example: ['apparmor', 'dac'] })
  readonly securityModels!: readonly string[];

  @ObjectShown('Where its files are.', () => PoolView)
  readonly pool!: PoolView;
}

export class HostView {
  @TextShown('Name of the host.', { example: 'rack1-a' })
  readonly name!: string;

  @TextShown('How workers reach it.', { example: 'qemu+unix:///system' })
  readonly uri!: string;

  @TextShown('How other hosts reach it in a migration; null: derived from `uri`.', {
    nullable: true,
    example: null,
  })
  readonly migrationUri!: string | null;

  @ChoiceShown('Only a ready host gets machines.', Object.keys(HOST_STATES), { example: 'ready' })
  readonly status!: string;

  @TextShown('Why it has this status.', { nullable: true, example: null })
  readonly statusReason!: string | null;

  @ObjectShown('Null until somebody has looked at it.', () => HostFactsView, { nullable: true })
  readonly facts!: HostFactsView | null;

  @TimeShown('When it was registered.')
  readonly createdAt!: string;

  @TimeShown('When it last answered.', { nullable: true })
  readonly lastSeenAt!: string | null;
}

export const hostView = (host: Host): HostView => ({
  name: host.name,
  uri: host.uri,
  migrationUri: host.migrationUri,
  status: host.status,
  statusReason: host.statusReason,
  facts: host.facts && factsView(host.facts),
  createdAt: iso(host.createdAt),
  lastSeenAt: isoOrNull(host.lastSeenAt),
});

/** Without the CPU as XML: that is for comparing, not for reading. */
const factsView = (facts: HostFacts): HostFactsView => ({
  hostname: facts.hostname,
  hostUuid: facts.hostUuid,
  libvirtVersion: facts.libvirtVersion,
  qemuVersion: facts.qemuVersion,
  architecture: facts.architecture,
  cpuModel: facts.cpuModel,
  cpus: facts.cpus,
  memoryBytes: facts.memoryBytes,
  accelerator: facts.accelerator,
  acceleratorReason: facts.acceleratorReason,
  securityModels: facts.securityModels,
  pool: facts.pool,
});
