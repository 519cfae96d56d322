import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DomainRef, Libvirt } from '../../libs/node-libvirt/src/index.js';
import type { TestLibvirtd } from './libvirtd.js';

/** For `before` of a test's libvirtd: QEMU without the helpers that are not there, and without acceleration. */
export const PLAIN_QEMU: readonly string[] = [
  `cat > /etc/libvirt/qemu.conf <<END
stdio_handler = "file"
security_driver = "none"
namespaces = []
cgroup_controllers = []
END`,
  // One that root alone may open is found anew each time that libvirt looks at QEMU, a second or more for each look.
  '[ ! -e /dev/kvm ] || { touch /run/no-kvm && chmod 0 /run/no-kvm && mount --bind /run/no-kvm /dev/kvm; }',
];

/** Sixteen-bit code: waits for a byte at the first serial port, sends it back, and so on for ever. */
const ECHO = Buffer.from(
  [
    'bafd03', // mov dx, 3fdh   the status of the port
    'eca80174fb', // in al, dx; test al, 1; jz $-4   a byte has come
    'b2f8ec88c4', // mov dl, f8h; in al, dx; mov ah, al
    'b2fdeca82074fb', // mov dl, fdh; in al, dx; test al, 20h; jz $-4   there is room for one
    'b2f888e0ee', // mov dl, f8h; mov al, ah; out dx, al
    'b2fdebe6', // mov dl, fdh; jmp to the first wait
  ].join(''),
  'hex',
);

/** A machine that needs no system, no network and no acceleration, and answers at its console with what it is told. */
export async function startEchoMachine(daemon: TestLibvirtd, host: Libvirt): Promise<DomainRef> {
  const disk = join(daemon.dir, 'echo.img');
  const bootSector = Buffer.alloc(512);
  ECHO.copy(bootSector);
  bootSector.writeUInt16LE(0xaa55, 510);
  await writeFile(disk, bootSector);
  await chmod(disk, 0o666);
  const xml = `<domain type='qemu'>
    <name>echo</name>
    <memory unit='MiB'>64</memory>
    <os><type arch='x86_64' machine='pc'>hvm</type></os>
    <devices>
      <disk type='file'><driver name='qemu' type='raw'/><source file='${disk}'/><target dev='hda' bus='ide'/></disk>
      <serial type='pty'/>
      <console type='pty'/>
      <channel type='unix'><target type='virtio' name='org.test.channel'/></channel>
      <video><model type='vga'/></video>
    </devices>
  </domain>`;
  return (await host.domain.createXml({ xml })).dom;
}
