import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, tryRun } from '../../apps/lab/src/run.js';
import { makeAuthority, type Authority } from './libvirtd-pki.js';

export type LibvirtdOptions = {
  /** More of libvirtd.conf, or other than here by default. */
  readonly config?: Readonly<Record<string, string | number | readonly string[]>>;
  /** /etc/sasl2/libvirt.conf */
  readonly sasl?: readonly string[];
  /** Days that the certificate of the daemon is good for. */
  readonly certificateDays?: number;
  /** Shell that runs in the machine before libvirtd does, `$DIR` being its folder. */
  readonly before?: readonly string[];
};

/** A machine as far as a client of libvirt can tell: its own network, processes, host name, users, and /etc, /run and /var. */
export type TestLibvirtd = {
  readonly dir: string;
  /** libvirtd's sockets, seen from the test. */
  readonly socket: string;
  readonly readOnlySocket: string;
  /** Its certificate is for this address … */
  readonly address: string;
  readonly address6: string;
  /** … and not for this one. */
  readonly otherAddress: string;
  readonly hostname: string;
  readonly authority: Authority;
  /** Runs a program in it. */
  exec(command: string, ...args: readonly string[]): Promise<string>;
  /** Our client as a program in it, with this user's id: the URI it got to, or why it did not. */
  clientAs(uid: number, uri: string, mode?: 'reader'): Promise<ClientAnswer>;
  /** Stops libvirtd without ending it, so that nobody answers; or lets it go on. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  stop(): Promise<void>;
};

export type ClientAnswer = { readonly uri: string } | { readonly failure: string; readonly message: string };

const HOSTNAME = 'testhost';
/** This tree is here too in the machine: where it really is, as under /root, its other users may not get to. */
const TREE = join(import.meta.dirname, '..', '..');
const TREE_INSIDE = '/run/diecast';
const inside = (path: string): string =>
  path.startsWith(`${TREE}/`) ? join(TREE_INSIDE, relative(TREE, path)) : path;
const HARNESS = inside(import.meta.dirname);

/** Users of the machine besides root: one whom polkit trusts with libvirt, one whom it does not. */
export const USERS = { member: 4242, stranger: 4243 } as const;
export const homeOf = (uid: number): string => (uid === 0 ? '/root' : `/home/${uid}`);

const configuration = (more: LibvirtdOptions['config']): string => {
  const settings = {
    auth_tcp: 'none',
    auth_tls: 'none',
    auth_unix_rw: 'none',
    unix_sock_rw_perms: '0777',
    host_uuid: randomUUID(),
    ...more,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return ['listen_tls = 1', 'listen_tcp = 1', ...lines, ''].join('\n');
};

/**
 * Nothing of the machine below is to be touched, nor started: not its networks, domains and pools (/etc/libvirt and
 * /var/lib/libvirt are others here), not its firewall and links (an own network), not its control groups. When the test
 * ends, however it does, its end of the pipe closes, `cat` ends, and with this first process all others; so it is when a
 * daemon ends that should not.
 */
const initScript = (dir: string, net: Net, options: LibvirtdOptions): string => `#!/bin/bash
set -e
export DIR=${dir} PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
mount --make-rprivate /
mount -t overlay overlay -o lowerdir=/etc,upperdir=$DIR/etc,workdir=$DIR/work /etc
mount -t tmpfs tmpfs /etc/libvirt
cp $DIR/libvirtd.conf /etc/libvirt/
touch /etc/libvirt/qemu.conf
for path in lib cache log; do mount -t tmpfs tmpfs /var/$path/libvirt; done
mount -t tmpfs tmpfs /run
mkdir -p /run/libvirt /run/lock /run/sshd /run/dbus
mount --bind $DIR/run /run/libvirt
mkdir ${TREE_INSIDE}
mount --bind '${TREE}' ${TREE_INSIDE}
mount -t tmpfs tmpfs /sys/fs/cgroup
hostname ${HOSTNAME}
mount -t tmpfs tmpfs /home
mkdir -p /run/user
${users()}
sed -i -E 's/^(libvirt:.*:)$/\\1member/' /etc/group
ip link set lo up
until ip link set eth0 up 2>/dev/null; do sleep 0.02; done
ip address add ${net.address}/24 dev eth0
ip address add ${net.otherAddress}/24 dev eth0
ip address add ${net.address6}/112 dev eth0 nodad
${(options.before ?? []).join('\n')}
libvirtd --listen &
exec 3<&0
cat <&3 >/dev/null &
reader=$!
wait -n
# The test is gone, and with it the one who would tidy up.
kill -0 $reader 2>/dev/null || rm -rf $DIR
`;

type Net = {
  readonly link: string;
  readonly gateway: string;
  readonly gateway6: string;
  readonly address: string;
  readonly address6: string;
  readonly otherAddress: string;
};

const layOutNet = (number: number): Net => ({
  link: `dlv${number}`,
  gateway: `10.78.${number}.1`,
  gateway6: `fdd1:ec::${number}:1`,
  address: `10.78.${number}.2`,
  address6: `fdd1:ec::${number}:2`,
  otherAddress: `10.78.${number}.3`,
});

const users = (): string =>
  Object.entries(USERS)
    .flatMap(([name, uid]) => [
      `echo '${name}:x:${uid}:${uid}::${homeOf(uid)}:/bin/sh' >> /etc/passwd`,
      `echo '${name}:x:${uid}:' >> /etc/group`,
      `install -d -o ${uid} -g ${uid} -m 0700 ${homeOf(uid)} /run/user/${uid}`,
    ])
    .join('\n');

/** Networks that no other test has now. */
async function chooseNet(): Promise<Net> {
  for (;;) {
    const net = layOutNet(randomInt(1, 250));
    if ((await tryRun('ip', ['link', 'show', net.link])).code !== 0) return net;
  }
}

async function plugIn(pid: number, net: Net): Promise<void> {
  const peer = ['peer', 'name', 'eth0', 'netns', String(pid)];
  await run('ip', ['link', 'add', net.link, 'type', 'veth', ...peer]);
  await run('ip', ['address', 'add', `${net.gateway}/24`, 'dev', net.link]);
  await run('ip', ['address', 'add', `${net.gateway6}/112`, 'dev', net.link, 'nodad']);
  await run('ip', ['link', 'set', net.link, 'up']);
}

/** A libvirtd with Unix, TCP and TLS sockets, in namespaces of its own. Needs root. */
export async function startLibvirtd(options: LibvirtdOptions = {}): Promise<TestLibvirtd> {
  const dir = await mkdtemp(join(tmpdir(), 'diecast-libvirtd-'));
  await chmod(dir, 0o755);
  const authority = await makeAuthority(join(dir, 'authority'));
  let child: ChildProcess | undefined;
  let net: Net | undefined;
  const stop = async (): Promise<void> => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    // The link goes with the network at its other end, a little later; the next test shall not wait for it.
    if (net !== undefined) await tryRun('ip', ['link', 'delete', net.link]);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    for (const folder of ['etc', 'work', 'run']) await mkdir(join(dir, folder));
    const chosen = await chooseNet();
    net = chosen;
    await writeConfiguration(dir, net, authority, options);
    const log = openSync(join(dir, 'log'), 'a');
    child = spawn(
      'unshare',
      [
        ...['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child', '--mount-proc'],
        ...['/bin/bash', join(dir, 'init.sh')],
      ],
      { stdio: ['pipe', log, log] },
    );
    const pid = child.pid ?? 0;
    await untilTrue(() => readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net'));
    await plugIn(pid, net);
    await untilAnswers(dir, net, child);
    const namespaces = [
      '--target',
      String(await firstProcess(pid)),
      '--mount',
      '--net',
      '--uts',
      '--ipc',
      '--pid',
    ];
    const exec = (command: string, ...args: readonly string[]): Promise<string> =>
      run('nsenter', [...namespaces, command, ...args]);
    const clientAs = async (uid: number, uri: string, mode?: 'reader'): Promise<ClientAnswer> => {
      const own = ['HOME=' + homeOf(uid), `XDG_RUNTIME_DIR=/run/user/${uid}`, 'LC_ALL=C.UTF-8'];
      const user = ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--init-groups'];
      const program = ['--import', join(HARNESS, 'typescript.mjs'), join(HARNESS, 'libvirtd-client.ts'), uri];
      return JSON.parse(
        await exec(
          'env',
          ...own,
          ...user,
          inside(process.execPath),
          ...program,
          ...(mode === undefined ? [] : [mode]),
        ),
      ) as ClientAnswer;
    };
    return {
      dir,
      socket: join(dir, 'run', 'libvirt-sock'),
      readOnlySocket: join(dir, 'run', 'libvirt-sock-ro'),
      ...chosen,
      hostname: HOSTNAME,
      authority,
      exec,
      clientAs,
      freeze: async () => void (await exec('pkill', '-STOP', '-x', 'libvirtd')),
      thaw: async () => void (await exec('pkill', '-CONT', '-x', 'libvirtd')),
      stop,
    };
  } catch (error) {
    const log = await readFile(join(dir, 'log'), 'utf8').catch(() => '');
    await stop();
    throw new Error(`libvirtd did not start: ${log.slice(-2000)}`, { cause: error });
  }
}

async function writeConfiguration(
  dir: string,
  net: Net,
  authority: Authority,
  options: LibvirtdOptions,
): Promise<void> {
  await writeFile(join(dir, 'init.sh'), initScript(dir, net, options));
  await writeFile(join(dir, 'libvirtd.conf'), configuration(options.config));
  const etc = join(dir, 'etc');
  for (const folder of ['sasl2', 'pki/CA', 'pki/libvirt/private'])
    await mkdir(join(etc, folder), { recursive: true });
  await writeFile(join(etc, 'hosts'), `127.0.0.1 localhost\n${net.address} ${HOSTNAME}\n`);
  if (options.sasl !== undefined)
    await writeFile(join(etc, 'sasl2', 'libvirt.conf'), [...options.sasl, ''].join('\n'));
  const { cert, key } = await authority.issue({
    name: HOSTNAME,
    alternativeNames: [`IP:${net.address}`, `IP:${net.address6}`],
    usage: 'serverAuth',
    ...(options.certificateDays === undefined ? {} : { days: options.certificateDays }),
  });
  await copyFile(authority.ca, join(etc, 'pki/CA/cacert.pem'));
  await copyFile(cert, join(etc, 'pki/libvirt/servercert.pem'));
  await copyFile(key, join(etc, 'pki/libvirt/private/serverkey.pem'));
}

/** The child of unshare, which is the first process in there. */
async function firstProcess(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')[0]);
}

async function untilTrue(look: () => boolean): Promise<void> {
  while (!look()) await sleep(5);
}

async function answers(port: number, host: string): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function untilAnswers(dir: string, net: Net, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!existsSync(join(dir, 'run', 'libvirt-sock')) || !(await answers(16_514, net.address))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(readFileSync(join(dir, 'log'), 'utf8').slice(-2000));
    await sleep(20);
  }
}
