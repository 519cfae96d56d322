import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostLayout } from './layout.js';
import { LabError, run } from './run.js';

const EMULATOR = '/usr/bin/qemu-system-x86_64';

/** QEMU itself passes over a feature that it does not know. @throws LabError naming it */
export async function requireKnownFeatures(features: readonly string[]): Promise<void> {
  if (features.length === 0) return;
  const help = await run(EMULATOR, ['-cpu', 'help']);
  const known = new Set(help.slice(help.indexOf('CPUID flags:')).split(/\s+/));
  const strange = features.find((feature) => !known.has(feature));
  if (strange !== undefined) throw new LabError(`QEMU knows no CPU feature "${strange}".`);
}

/**
 * A host whose QEMU knows less of a CPU, as an older one does: its machines and libvirt's own questions go to a QEMU
 * that was told to leave the features out.
 */
export async function takeFromCpu(host: HostLayout, features: readonly string[]): Promise<void> {
  const [bin, work] = [join(host.dir, 'bin'), join(host.dir, 'work-bin')];
  for (const folder of [bin, work]) await mkdir(folder, { recursive: true });
  await chmod(bin, 0o755);
  // Beside the one that it replaces: QEMU finds its firmware from where it lies. A machine may run from it already.
  const whole = join(bin, 'qemu-system-x86_64.whole');
  if (!existsSync(whole)) await copyFile(EMULATOR, whole);
  const without = features.map((feature) => `-global x86_64-cpu.${feature}=off`).join(' ');
  const wrapper = `#!/bin/sh\nexec ${EMULATOR}.whole "$@" ${without}\n`;
  await writeFile(join(bin, 'qemu-system-x86_64'), wrapper, { mode: 0o755 });
}
