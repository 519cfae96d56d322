import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestHex } from '@diecast/model';
import { POOL_CREATE, uploadVolume, type Libvirt, type PoolRef } from '@diecast/node-libvirt';
import type { TestImage } from './lab.js';

/** Files of one machine, as the daemon and its QEMU call them. */
export type MachineFiles = {
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
  /** The disk that the guest boots from, and a second one for whatever a test wants. */
  readonly root: string;
  readonly data: string;
};

const MIB = 1024 * 1024;
export const DATA_BYTES = 16 * MIB;

/**
 * A pool of this daemon in a folder, and in it, named after the machine, what the machine boots from: both disks are qcow2,
 * the first on the image's disk.
 */
export async function makeMachineFiles(
  host: Libvirt,
  folder: string,
  image: TestImage,
  name: string,
): Promise<{ readonly pool: PoolRef; readonly files: MachineFiles }> {
  const { boot, disk } = image.manifest;
  if (boot === undefined) throw new Error('the image has no kernel of its own');
  const pool = await openPool(host, folder);
  const blob = async ({ digest }: { readonly digest: `sha256:${string}` }): Promise<string> => {
    const source = join(image.folder, 'blobs', digestHex(digest));
    return copyIn(host, pool, source, digestHex(digest).slice(0, 16));
  };
  const base = await blob(disk);
  return {
    pool,
    files: {
      kernel: await blob(boot.kernel),
      initrd: await blob(boot.initrd),
      commandLine: boot.commandLine,
      root: await createVolume(host, pool, `${name}-root`, disk.virtualSize, base),
      data: await createVolume(host, pool, `${name}-data`, DATA_BYTES),
    },
  };
}

async function openPool(host: Libvirt, folder: string): Promise<PoolRef> {
  const xml = `<pool type='dir'><name>${folder.replaceAll('/', '-')}</name><target><path>${folder}</path></target></pool>`;
  return (await host.storagePool.createXml({ xml, flags: POOL_CREATE.WITH_BUILD })).pool;
}

/** @returns its path for the daemon */
export async function createVolume(
  host: Libvirt,
  pool: PoolRef,
  name: string,
  bytes: number,
  backing?: string,
): Promise<string> {
  const below =
    backing === undefined ? '' : `<backingStore><path>${backing}</path><format type='raw'/></backingStore>`;
  const xml = `<volume><name>${name}</name><capacity>${bytes}</capacity>
    <target><format type='qcow2'/><compat>1.1</compat></target>${below}</volume>`;
  return (await host.storageVol.createXml({ pool, xml })).vol.key;
}

async function copyIn(host: Libvirt, pool: PoolRef, source: string, name: string): Promise<string> {
  const { size } = await stat(source);
  const xml = `<volume><name>${name}</name><capacity>${size}</capacity><allocation>0</allocation></volume>`;
  const { vol } = await host.storageVol.createXml({ pool, xml });
  await uploadVolume(host, vol, source);
  return vol.key;
}

/**
 * A machine with one of each: two disks, a card, a balloon, an agent, free slots for more. Its QEMU is root's, since the
 * kernel lets nobody else have the page faults that post-copy needs.
 */
export const machineXml = (name: string, mac: string, files: MachineFiles): string => `
<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>128</memory>
  <vcpu>1</vcpu>
  <iothreads>1</iothreads>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>${files.kernel}</kernel><initrd>${files.initrd}</initrd>
    <cmdline>${files.commandLine}</cmdline>
  </os>
  <features><acpi/><apic/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='${files.root}'/>
      <target dev='vda' bus='virtio'/><serial>root</serial>
    </disk>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/><source file='${files.data}'/>
      <target dev='vdb' bus='virtio'/>
    </disk>
    <controller type='usb' model='none'/>
    <controller type='pci' model='pcie-root'/>
    ${"<controller type='pci' model='pcie-root-port'/>".repeat(8)}
    <interface type='bridge'>
      <mac address='${mac}'/><source bridge='br0'/><model type='virtio'/><alias name='ua-nic'/>
    </interface>
    <serial type='pty'/>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <rng model='virtio'><backend model='builtin'/></rng>
    <memballoon model='virtio'/>
  </devices>
  <seclabel type='static' model='dac' relabel='yes'><label>+0:+0</label></seclabel>
</domain>`;
