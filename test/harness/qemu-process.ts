import { readdirSync, readFileSync } from 'node:fs';

/** Of a machine's QEMU, wherever it runs: libvirt names the UUID in its command line. */
export function qemuOf(id: string): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const [program = '', ...args] = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      if (program.includes('qemu-system') && args.includes(id)) return Number(entry);
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error(`no QEMU runs ${id}`);
}
