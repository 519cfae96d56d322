import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeFromCpu } from './cpu.js';
import type { HostLayout, LabLayout } from './layout.js';
import { issueHost } from './pki.js';
import { LabError } from './run.js';

const DEAD_WITHIN_MS = 15_000;

const libvirtdConf = (address: string, uuid: string): string => `listen_tls = 1
listen_tcp = 0
listen_addr = "${address}"
auth_tls = "none"
auth_unix_rw = "none"
unix_sock_rw_perms = "0700"
host_uuid = "${uuid}"
max_workers = 40
max_clients = 500
log_outputs = "2:file:/var/log/libvirt/libvirtd.log"
`;

const qemuConf = (address: string): string => `user = "libvirt-qemu"
group = "kvm"
dynamic_ownership = 1
security_driver = "none"
seccomp_sandbox = 1
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
default_tls_x509_cert_dir = "/etc/pki/qemu"
default_tls_x509_verify = 1
migrate_tls_x509_verify = 1
migration_host = "${address}"
keepalive_interval = 5
keepalive_count = 5
`;

/**
 * The first process of a host: gives the host its own directories, then keeps libvirtd. It stays so that somebody collects
 * the orphans (QEMU detaches itself); when it is killed, the kernel kills everything in the host with it.
 */
const initScript = (host: HostLayout): string => `#!/bin/bash
set -e
mount --make-rprivate /
mount --bind ${host.dir} /mnt
mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/etc,workdir=/mnt/work /etc
for path in cache log; do mount --bind /mnt/$path /var/$path/libvirt; done
mount -t tmpfs tmpfs /var/lib
mkdir -p /var/lib/libvirt /var/lib/diecast/pool
mount --bind /mnt/lib /var/lib/libvirt
mount --bind /mnt/pool /var/lib/diecast/pool
mount -t tmpfs tmpfs /run
mkdir -p /run/libvirt /run/lock
mount --bind /mnt/run /run/libvirt
mount -t tmpfs tmpfs /tmp
if [ -d /mnt/bin ]; then mount -t overlay overlay -o lowerdir=/usr/bin,upperdir=/mnt/bin,workdir=/mnt/work-bin /usr/bin; fi
# A KVM that root can open and QEMU's user cannot makes libvirt probe QEMU anew at every question, many times for one start.
if [ -c /dev/kvm ] && ! setpriv --reuid libvirt-qemu --regid kvm --clear-groups test -r /dev/kvm -a -w /dev/kvm; then
  touch /run/no-kvm
  chmod 0 /run/no-kvm
  mount --bind /run/no-kvm /dev/kvm
fi
hostname ${host.name}
# As systemd does: a daemon that died is started again.
while true; do libvirtd --listen || true; sleep 0.5; done
`;

/** Writes everything a host needs; keeps what is there, the UUID above all. */
export async function prepareHost(
  lab: LabLayout,
  host: HostLayout,
  all: readonly HostLayout[],
  lacking: readonly string[] = [],
): Promise<void> {
  for (const folder of ['etc/libvirt', 'work', 'lib', 'cache', 'log', 'run', 'pool'])
    await mkdir(join(host.dir, folder), { recursive: true });
  // QEMU, unprivileged, walks down to its disks and sockets.
  for (const folder of [
    lab.dir,
    join(lab.dir, 'hosts'),
    host.dir,
    ...['pool', 'lib', 'etc'].map((name) => join(host.dir, name)),
  ])
    await chmod(folder, 0o755);
  const etc = join(host.dir, 'etc');
  const uuidFile = join(host.dir, 'uuid');
  if (!existsSync(uuidFile)) await writeFile(uuidFile, randomUUID());
  const uuid = await readFile(uuidFile, 'utf8');
  if (existsSync('/var/lib/libvirt'))
    await cp('/var/lib/libvirt', join(host.dir, 'lib'), { recursive: true, force: false });
  await writeFile(join(etc, 'libvirt', 'libvirtd.conf'), libvirtdConf(host.address, uuid));
  await writeFile(join(etc, 'libvirt', 'qemu.conf'), qemuConf(host.address));
  await writeFile(
    join(etc, 'hosts'),
    ['127.0.0.1 localhost', ...all.map((each) => `${each.address} ${each.name}`), ''].join('\n'),
  );
  await writeFile(join(etc, 'hostname'), `${host.name}\n`);
  await issueHost(join(lab.dir, 'pki'), etc, host.name, host.address);
  if (lacking.length > 0) await takeFromCpu(host, lacking);
  await writeFile(host.init, initScript(host), { mode: 0o755 });
}

/** nsenter becomes unshare, whose first child is the first process in the host. */
const STARTERS = /(^|\/)(nsenter|unshare)$/;
const PROGRAMS = /(^|\/)(nsenter|unshare|bash)$/;

/** The starter and the first process in the host; found by their command lines, so that no file has to be believed. */
async function findProcesses(
  host: HostLayout,
): Promise<readonly { readonly pid: number; readonly program: string }[]> {
  const found: { readonly pid: number; readonly program: string }[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const [program = '', ...args] = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
      if (PROGRAMS.test(program) && args.includes(host.init)) found.push({ pid: Number(entry), program });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** The process whose death is the death of the host. */
export async function findHostProcess(host: HostLayout): Promise<number | undefined> {
  return (await findProcesses(host)).find(({ program }) => STARTERS.test(program))?.pid;
}

export async function startHost(host: HostLayout): Promise<void> {
  if ((await findHostProcess(host)) === undefined) {
    // Sockets and pid files of the last time would only mislead.
    for (const name of await readdir(join(host.dir, 'run')))
      await rm(join(host.dir, 'run', name), { recursive: true, force: true });
    await rm(join(host.dir, 'work', 'work'), { recursive: true, force: true });
    const log = openSync(join(host.dir, 'host.log'), 'a');
    const child = spawn(
      'nsenter',
      [
        `--net=/run/netns/${host.namespace}`,
        'unshare',
        '--mount',
        '--uts',
        '--ipc',
        '--pid',
        '--fork',
        '--kill-child',
        '--mount-proc',
        '/bin/bash',
        host.init,
      ],
      {
        detached: true,
        stdio: ['ignore', log, log],
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
      },
    );
    child.unref();
    closeSync(log);
  }
  await waitForDaemon(host, 30);
}

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 });
    const finish = (ok: boolean): void => {
      socket.destroy();
      resolve(ok);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('timeout', () => finish(false));
  });
}

async function waitForDaemon(host: HostLayout, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    if (await answers(host.address, 16514)) return;
    await sleep(100);
  }
  const log = await readFile(join(host.dir, 'host.log'), 'utf8').catch(() => '');
  throw new LabError(
    `libvirtd of host ${host.name} did not answer within ${seconds} s; ${join(host.dir, 'host.log')} ends: ${log.slice(-400)}`,
  );
}

/** Kills libvirtd as the kernel does when memory runs out; its machines run on, and it is started again. */
export async function killDaemon(host: HostLayout): Promise<void> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [program, mounts] = await Promise.all(
      ['cmdline', 'mountinfo'].map((file) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '')),
    );
    if (program?.startsWith('libvirtd\0') === true && mounts?.includes(`${host.dir}/`) === true)
      process.kill(Number(entry), 'SIGKILL');
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** Whether nothing is left of a process but its number. */
function isOver(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) === 'Z';
  } catch {
    return true;
  }
}

/**
 * Pulls the plug: nothing in the host gets to say goodbye. It is over when the first process in the host is, because the
 * kernel lets that one end only after all others in there (pid_namespaces(7)).
 */
export async function killHost(host: HostLayout): Promise<void> {
  const deadline = performance.now() + DEAD_WITHIN_MS;
  const known = new Set<number>();
  for (;;) {
    const found = await findProcesses(host);
    for (const { pid } of found) {
      known.add(pid);
      kill(pid);
    }
    if (found.length === 0 && [...known].every(isOver)) return;
    if (performance.now() > deadline)
      throw new LabError(`host ${host.name} was killed, and still is not gone after ${DEAD_WITHIN_MS} ms.`);
    await sleep(20);
  }
}
