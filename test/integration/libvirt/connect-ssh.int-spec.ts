import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Libvirt } from '../../../libs/node-libvirt/src/index.js';
import { homeOf, startLibvirtd, USERS, type TestLibvirtd } from '../../harness/libvirtd.js';
import { POLKIT } from '../../harness/libvirtd-polkit.js';
import { failureOf, leavesNothingOpen, reach } from '../../harness/libvirtd-reach.js';
import { SSH_PORT, SSHD, sshFiles } from '../../harness/libvirtd-ssh.js';
import { until } from '../../harness/until.js';

const OPENED = 'test:///default';

// Programs are started in every test, ssh among them.
jest.setTimeout(60_000);

let daemon: TestLibvirtd;
let files: ReturnType<typeof sshFiles>;
beforeAll(async () => {
  daemon = await startLibvirtd({ config: { auth_unix_rw: 'polkit' }, before: [...POLKIT, ...SSHD] });
  files = sshFiles(daemon.dir);
}, 60_000);
afterAll(() => daemon.stop());

type Route = {
  readonly user?: string;
  readonly port?: number;
  readonly key?: string;
  readonly knownHosts?: string;
  readonly path?: string;
};

/** A URI with what our ssh would otherwise take from the one who runs the test. */
const uri = (query = '', route: Route = {}): string => {
  const { user = 'root', port = SSH_PORT.whole, path = '/default' } = route;
  const { key = files.key, knownHosts = files.knownHosts } = route;
  const own = `keyfile=${key}&known_hosts=${knownHosts}`;
  return `test+ssh://${user}@${daemon.address}:${port}${path}?${own}${query === '' ? '' : `&${query}`}`;
};
const failure = (text: string): Promise<{ readonly failure: string; readonly message: string }> =>
  leavesNothingOpen(() => failureOf(text));

describe('ssh', () => {
  it("reaches the daemon by libvirt's helper", async () => {
    expect(await leavesNothingOpen(() => reach(uri('proxy=native')))).toBe(OPENED);
    expect(await reach(uri('proxy=native'), { readOnly: true })).toBe(OPENED);
    expect(await reach(uri())).toBe(OPENED);
  });

  it('reaches it by netcat, where the helper is missing or not wanted', async () => {
    expect(await reach(uri('', { port: SSH_PORT.withoutHelper }))).toBe(OPENED);
    expect(await reach(uri('', { port: SSH_PORT.withoutHelper }), { readOnly: true })).toBe(OPENED);
    expect(await reach(uri('proxy=netcat'))).toBe(OPENED);
    expect(await reach(uri('netcat=/bin/nc.openbsd'))).toBe(OPENED);
    expect(await failure(uri('proxy=native', { port: SSH_PORT.withoutHelper }))).toEqual({
      failure: 'unreachable',
      message: expect.stringMatching(
        /^ssh root@[\d.]+: neither virt-ssh-helper \(of libvirt-daemon\) nor netcat was found there/,
      ),
    });
  });

  it('reaches the socket that the URI names', async () => {
    await daemon.exec('ln', '-s', '/run/libvirt/libvirt-sock', "/run/it's a socket");
    expect(await reach(uri("socket=/run/it's%20a%20socket"))).toBe(OPENED);
    expect(await reach(uri('mode=legacy'))).toBe(OPENED);
    expect(await failure(uri('mode=direct'))).toMatchObject({
      failure: 'unreachable',
      message: expect.stringMatching(
        /ssh got in, but not to the daemon's socket; the far side ended with 1 \(nc: .*No such file/,
      ),
    });
    expect((await failure(uri('socket=/run/x&proxy=native'))).message).toMatch(/use proxy=netcat/);
  });

  it('reaches it with a key that may run nothing but the helper', async () => {
    expect(await reach(uri('', { key: files.bound }))).toBe(OPENED);
  });

  it('reaches it over IPv6 and by another ssh', async () => {
    const other = join(daemon.dir, 'other-ssh');
    const mark = join(daemon.dir, 'was-here');
    await writeFile(other, `#!/bin/sh\ntouch ${mark}\nexec ssh "$@"\n`);
    await chmod(other, 0o755);
    const text = uri(`command=${other}`).replace(daemon.address, `[${daemon.address6}]`);
    expect(await leavesNothingOpen(() => reach(text))).toBe(OPENED);
    expect(existsSync(mark)).toBe(true);
  });

  it('is another user there, whom polkit judges', async () => {
    expect(await reach(uri('', { user: 'member' }))).toBe(OPENED);
    expect(await failure(uri('', { user: 'stranger' }))).toMatchObject({
      failure: 'refused',
      message: expect.stringContaining('polkit does not let this user manage libvirt'),
    });
  });

  it("reaches that user's own daemon", async () => {
    const session = uri(`name=${OPENED}&proxy=netcat`, { user: 'stranger', path: '/session' });
    expect((await failure(session)).message).toMatch(/not to the daemon's socket/);
    await daemon.exec(
      ...['setpriv', '--reuid', String(USERS.stranger), '--regid', String(USERS.stranger), '--init-groups'],
      ...['env', '-u', 'XDG_RUNTIME_DIR', `HOME=${homeOf(USERS.stranger)}`, 'libvirtd', '--daemon'],
    );
    expect(await until(() => reach(session).catch(() => undefined))).toBe(OPENED);
    const byHelper = uri('', { user: 'stranger', path: '/session' }).replace(/^test/, 'qemu');
    expect(await reach(byHelper)).toBe('qemu:///session');
  });
});

describe('An ssh that does not get in', () => {
  it('has no host key to compare, or learns it', async () => {
    const unknown = uri('', { knownHosts: files.noKnownHosts });
    expect(await failure(unknown)).toEqual({
      failure: 'refused',
      message: expect.stringMatching(
        /^ssh root@[\d.]+: its host key is not in known_hosts: add it \(ssh-keyscan\), or say known_hosts= or known_hosts_verify=auto \(.*Host key verification failed/,
      ),
    });
    expect(await reach(`${unknown}&known_hosts_verify=auto`)).toBe(OPENED);
    expect(await readFile(files.noKnownHosts, 'utf8')).toContain('ssh-ed25519');
    expect(await reach(unknown)).toBe(OPENED);
  });

  it('meets another host key than the known one', async () => {
    const wrong = uri('', { knownHosts: files.wrongKnownHosts });
    for (const text of [wrong, `${wrong}&known_hosts_verify=auto`])
      expect(await failure(text)).toEqual({
        failure: 'refused',
        message: expect.stringMatching(/its host key is not the one in known_hosts: another machine answers/),
      });
    expect(await reach(`${wrong}&no_verify=1`)).toBe(OPENED);
  });

  it('SPEC-VIRT-3: has a key that nobody authorized, and asks for no password', async () => {
    expect(await failure(uri('', { key: files.foreignKey }))).toEqual({
      failure: 'refused',
      message: expect.stringMatching(
        /^ssh root@[\d.]+: it takes none of our keys for this user: authorize one, or say keyfile=; passwords are never asked for \(.*Permission denied/,
      ),
    });
  });

  it('finds neither helper nor netcat', async () => {
    expect(await failure(uri('', { port: SSH_PORT.withoutBoth }))).toEqual({
      failure: 'unreachable',
      message: expect.stringMatching(
        /neither virt-ssh-helper \(of libvirt-daemon\) nor netcat was found there \(.*nc is not installed here/,
      ),
    });
  });

  it('finds no daemon', async () => {
    expect((await failure(uri('socket=/nowhere'))).message).toMatch(/the far side ended with 1 \(nc: /);
  });

  it('finds nobody at the port', async () => {
    expect(await failure(uri('', { port: 1 }))).toEqual({
      failure: 'unreachable',
      message: expect.stringMatching(/ssh did not get there \(.*Connection refused\)$/),
    });
  });

  it('is not installed', async () => {
    expect(await failure(uri('command=/nowhere/ssh'))).toEqual({
      failure: 'unreachable',
      message: `ssh root@${daemon.address}: the program "/nowhere/ssh" is not installed`,
    });
  });

  it('SPEC-VIRT-3: is ended at the deadline, and when its client is closed', async () => {
    await daemon.freeze();
    try {
      await leavesNothingOpen(async () => {
        await expect(reach(uri(), { connectTimeoutMs: 1_500 })).rejects.toThrow(
          /did not answer within 1500 ms/,
        );
      });
      await leavesNothingOpen(async () => {
        const host = new Libvirt(uri());
        const asking = host.connect.getUri();
        setTimeout(() => host.close(), 50);
        await expect(asking).rejects.toThrow('this client was closed');
      });
    } finally {
      await daemon.thaw();
    }
  });
});

describe('An ssh that is in', () => {
  it('fails what waits when it ends, with the reason', async () => {
    await leavesNothingOpen(async () => {
      const host = new Libvirt(uri());
      await host.connect.getUri();
      await daemon.freeze();
      const told = expect(host.connect.getUri()).rejects.toMatchObject({
        failure: 'closed',
        message: expect.stringMatching(/^ssh root@[\d.]+: the connection broke: ssh ended with/),
      });
      await daemon.exec('pkill', '-x', 'virt-ssh-helper');
      await told;
      await daemon.thaw();
      expect(await host.connect.getUri()).toEqual({ uri: OPENED });
      host.close();
    });
  });
});
