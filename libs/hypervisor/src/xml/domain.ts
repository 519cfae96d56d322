import type { DomainIdentity, MachineDefinition } from '../port.js';
import { el, render, type Element } from './element.js';

/** Of Diecast's element in a domain's metadata; part of what is promised to people who look with virsh. */
export const METADATA_URI = 'urn:diecast:instance:1';
export const METADATA_PREFIX = 'diecast';
/** The machine's one writable disk, by the name that the guest sees. */
export const DISK_TARGET = 'vda';
/** Our own names for devices (libvirt keeps aliases that begin with "ua-"). */
export const NIC_ALIAS = 'ua-nic0';

/** The element without a prefix, as libvirt's metadata call wants it. */
export const identityElement = (identity: DomainIdentity): Element =>
  el('instance', {
    id: identity.instanceId,
    service: identity.service,
    iteration: identity.iteration,
    image: identity.imageDigest,
    generation: identity.generation,
  });

const prefixed = (element: Element): Element => ({
  ...element,
  name: `${METADATA_PREFIX}:${element.name}`,
  attributes: { [`xmlns:${METADATA_PREFIX}`]: METADATA_URI, ...element.attributes },
});

/** The chain below the top, outermost first; the end is said explicitly, so that QEMU never guesses a format. */
function backing(chain: MachineDefinition['disk']['chain']): Element {
  const [first, ...rest] = chain;
  if (first === undefined) return el('backingStore');
  return el('backingStore', { type: 'file' }, [
    el('format', { type: first.format }),
    el('source', { file: first.path }),
    backing(rest),
  ]);
}

/**
 * systemd's names for SMBIOS strings (smbios-type-11(7)): text goes plain when it can, everything else in base64. Blanks at an
 * end are no part of a string to everybody on the way.
 */
const credential = (name: string, text: string): Element =>
  /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/.test(text)
    ? el('entry', {}, `io.systemd.credential:${name}=${text}`)
    : el('entry', {}, `io.systemd.credential.binary:${name}=${Buffer.from(text).toString('base64')}`);

export function nicElement(
  network: MachineDefinition['network'],
  mac: string,
  link: 'up' | 'down' = 'up',
): Element {
  return el('interface', { type: network.kind }, [
    el('mac', { address: mac }),
    el('source', network.kind === 'bridge' ? { bridge: network.name } : { network: network.name }),
    el('model', { type: 'virtio' }),
    el('link', { state: link }),
    el('alias', { name: NIC_ALIAS }),
  ]);
}

/** Null leaves QEMU's default, which every host has. */
const cpuOf = ({ machine }: MachineDefinition): Element | null => {
  if (machine.cpu === 'portable') return null;
  if (machine.cpu === 'host-model') return el('cpu', { mode: 'host-model' });
  return el(
    'cpu',
    { mode: 'custom', match: 'exact', check: 'partial' },
    el('model', { fallback: 'forbid' }, machine.cpu),
  );
};

/**
 * libvirt domain XML (https://libvirt.org/formatdomain.html) of a machine: few devices, no libvirt metadata that a
 * migration would trip over, everything that may differ between hosts said explicitly.
 * @param firmware path of the UEFI firmware on the host; null for a machine with a BIOS
 */
export function domainXml(definition: MachineDefinition, firmware: string | null = null): string {
  const { machine, boot, disk } = definition;
  const domain = el('domain', { type: definition.accelerator === 'kvm' ? 'kvm' : 'qemu' }, [
    el('name', {}, definition.name),
    el('uuid', {}, definition.identity.instanceId),
    el('genid'),
    el('metadata', {}, prefixed(identityElement(definition.identity))),
    el('memory', { unit: 'MiB' }, machine.memoryMiB),
    el('vcpu', {}, machine.vcpus),
    el('sysinfo', { type: 'smbios' }, [
      el('system', {}, el('entry', { name: 'uuid' }, definition.identity.instanceId)),
      el(
        'oemStrings',
        {},
        Object.entries(definition.credentials).map(([name, text]) => credential(name, text)),
      ),
    ]),
    el('os', {}, [
      el('type', { arch: 'x86_64', machine: 'q35' }, 'hvm'),
      // Variables live in memory: a file of them would be state that an immutable machine has no use for.
      firmware === null ? null : el('loader', { readonly: true, type: 'pflash', stateless: true }, firmware),
      boot && [
        el('kernel', {}, boot.kernel),
        el('initrd', {}, boot.initrd),
        el('cmdline', {}, boot.commandLine),
      ],
      el('smbios', { mode: 'sysinfo' }),
    ]),
    el('features', {}, [el('acpi'), el('apic')]),
    definition.cpuXml === null ? cpuOf(definition) : null,
    el('clock', { offset: 'utc' }),
    el('on_poweroff', {}, 'destroy'),
    el('on_reboot', {}, 'restart'),
    el('on_crash', {}, 'destroy'),
    el('devices', {}, [
      el('disk', { type: 'file', device: 'disk' }, [
        el('driver', { name: 'qemu', type: 'qcow2', discard: 'unmap' }),
        el('source', { file: disk.path }),
        backing(disk.chain),
        el('target', { dev: DISK_TARGET, bus: 'virtio' }),
        el('serial', {}, 'root'),
      ]),
      definition.seedPath === null
        ? null
        : [
            // Not SATA, which Debian's cloud kernel has no driver for.
            el('controller', { type: 'scsi', model: 'virtio-scsi' }),
            el('disk', { type: 'file', device: 'cdrom' }, [
              el('driver', { name: 'qemu', type: 'raw' }),
              el('source', { file: definition.seedPath }),
              el('target', { dev: 'sda', bus: 'scsi' }),
              el('readonly'),
            ]),
          ],
      el('controller', { type: 'usb', model: 'none' }),
      nicElement(definition.network, definition.mac),
      el('serial', { type: 'pty' }, el('target', { port: 0 })),
      el('channel', { type: 'unix' }, el('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' })),
      el('rng', { model: 'virtio' }, el('backend', { model: 'builtin' })),
      el('memballoon', { model: 'none' }),
    ]),
  ]);
  const xml = render(domain);
  // A pool's CPU comes from libvirt's own baseline call, as XML of its own making.
  return definition.cpuXml === null ? xml : xml.replace('<clock ', () => `${definition.cpuXml}<clock `);
}
