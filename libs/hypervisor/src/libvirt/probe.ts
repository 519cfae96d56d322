import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type Accelerator } from '@diecast/model';
import { LibvirtError, LibvirtTimeoutError, P } from '@diecast/node-libvirt';
import type { CallOptions } from '../port.js';
import { el, render } from '../xml/element.js';
import type { PoolFiles } from './files.js';
import { POOL, type Link } from './link.js';

/**
 * A boot sector whose only act is to reset the machine through the keyboard controller. The machine's description says that a
 * reset ends it, so a machine that ended by itself is one whose guest has executed code.
 *   mov al, 0xfe ; out 0x64, al ; hlt ; jmp $-1
 */
function bootSector(): Buffer {
  const sector = Buffer.alloc(1024 * 1024);
  Buffer.from([0xb0, 0xfe, 0xe6, 0x64, 0xf4, 0xeb, 0xfd]).copy(sector);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** Always the same: what a worker left that died in the middle, the next probe of the host takes, and takes away. */
const PROBE_FILE = 'probe.img';

const BOOT_WITHIN_MS: Readonly<Record<Accelerator, number>> = { kvm: 8_000, tcg: 20_000 };

const probeXml = (accelerator: Accelerator, uuid: string, disk: string): string =>
  render(
    el('domain', { type: accelerator === 'kvm' ? 'kvm' : 'qemu' }, [
      el('name', {}, `diecast-probe-${uuid.slice(0, 8)}`),
      el('uuid', {}, uuid),
      el('memory', { unit: 'MiB' }, 32),
      el('vcpu', {}, 1),
      el('os', {}, el('type', { arch: 'x86_64', machine: 'q35' }, 'hvm')),
      el('on_reboot', {}, 'destroy'),
      el('devices', {}, [
        el('disk', { type: 'file', device: 'disk' }, [
          el('driver', { name: 'qemu', type: 'raw' }),
          el('source', { file: disk }),
          el('target', { dev: 'vda', bus: 'virtio' }),
          el('readonly'),
        ]),
        el('controller', { type: 'usb', model: 'none' }),
        el('memballoon', { model: 'none' }),
      ]),
    ]),
  );

export type BootProbe = { readonly accelerator: Accelerator; readonly reason: string };

/** Which accelerator runs guests here: a device file or a capability is no proof, a guest that ran is. */
export async function probeAccelerator(
  link: Link,
  files: PoolFiles,
  kvmOffered: boolean,
  options: CallOptions,
): Promise<BootProbe> {
  const sector = bootSector();
  await files.writeFile(
    { name: PROBE_FILE, size: sector.length, from: 0, source: Readable.from([sector]) },
    options,
  );
  try {
    let before = kvmOffered ? '' : 'libvirt offers no KVM here; ';
    for (const accelerator of kvmOffered ? (['kvm', 'tcg'] as const) : (['tcg'] as const)) {
      const failure = await boot(link, accelerator, `${POOL.path}/${PROBE_FILE}`, options);
      if (failure === undefined)
        return {
          accelerator,
          reason: `${before}a guest booted and ran code under ${accelerator.toUpperCase()}`,
        };
      before += `KVM is offered but no guest runs under it (${failure}); `;
    }
    throw new AppError(
      'hypervisor_failed',
      `Host ${link.host} runs no guest at all: ${before.slice(0, -2)}.`,
    );
  } finally {
    await files.deleteFile(PROBE_FILE, { deadlineMs: 10_000 }).catch(() => undefined);
  }
}

/** Why it did not boot, or undefined when it did. Leaves no machine behind, also when libvirt itself hangs on it. */
async function boot(
  link: Link,
  accelerator: Accelerator,
  disk: string,
  options: CallOptions,
): Promise<string | undefined> {
  const uuid = randomUUID();
  const withinMs = BOOT_WITHIN_MS[accelerator];
  const limits = { ...options, deadlineMs: withinMs };
  const deadline = performance.now() + withinMs;
  const late = `no guest code ran within ${withinMs / 1000} s`;
  try {
    await link.call(P.domain.createXml, { xml: probeXml(accelerator, uuid, disk) }, limits);
    while (performance.now() < deadline) {
      if (await isGone(link, uuid, options)) return undefined;
      await sleep(100, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
    return late;
  } catch (error) {
    if (error instanceof LibvirtTimeoutError) return late;
    if (error instanceof LibvirtError) return error.message.trim().split('\n').at(-1) ?? error.message;
    throw error;
  } finally {
    await destroy(link, uuid);
  }
}

async function destroy(link: Link, uuid: string): Promise<void> {
  try {
    const { dom } = await link.call(P.domain.lookupByUuid, { uuid });
    await link.call(P.domain.destroyFlags, { dom });
  } catch (error) {
    // It ended by itself, as it should.
    if (!(error instanceof LibvirtError)) throw error;
  }
}

async function isGone(link: Link, uuid: string, options: CallOptions): Promise<boolean> {
  try {
    await link.call(P.domain.lookupByUuid, { uuid }, options);
    return false;
  } catch (error) {
    if (error instanceof LibvirtError) return true;
    throw error;
  }
}
