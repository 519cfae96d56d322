import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { homeOf, startLibvirtd, USERS, type TestLibvirtd } from '../../harness/libvirtd.js';
import { POLKIT } from '../../harness/libvirtd-polkit.js';
import { failureOf, leavesNothingOpen, reach } from '../../harness/libvirtd-reach.js';
import { until } from '../../harness/until.js';

const ROOT = 0;
const OPENED = { uri: 'test:///default' };

// Programs are started in every test.
jest.setTimeout(60_000);

let daemon: TestLibvirtd;
beforeAll(async () => {
  daemon = await startLibvirtd({ config: { auth_unix_rw: 'polkit' }, before: POLKIT });
}, 60_000);
afterAll(() => daemon.stop());

describe('A Unix socket of libvirtd', () => {
  it('is reached by its path, for writers and for readers', async () => {
    expect(await reach(`test+unix:///default?socket=${daemon.socket}`)).toBe('test:///default');
    expect(await reach(`test+unix:///default?socket=${daemon.readOnlySocket}`, { readOnly: true })).toBe(
      'test:///default',
    );
  });

  it('is found where libvirtd has it', async () => {
    expect(await daemon.clientAs(ROOT, 'test+unix:///default')).toEqual(OPENED);
    expect(await daemon.clientAs(ROOT, 'test:///default', 'reader')).toEqual(OPENED);
    expect(await daemon.clientAs(ROOT, 'remote:///?name=test:///default')).toEqual(OPENED);
  });

  it("is the driver's own daemon's where there is one, unless the mode says otherwise", async () => {
    const own = '/run/libvirt/virttestd-sock';
    expect(await daemon.clientAs(ROOT, 'test+unix:///default?mode=direct')).toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('/var/run/libvirt/virttestd-sock: there is no such socket'),
    });
    await daemon.exec('ln', '-s', 'libvirt-sock', own);
    expect(await daemon.clientAs(ROOT, 'test+unix:///default?mode=direct')).toEqual(OPENED);
    // A file without a listener stands for a daemon that has ended.
    await daemon.exec('ln', '-sf', '/etc/passwd', own);
    expect(await daemon.clientAs(ROOT, 'test+unix:///default')).toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('virttestd-sock: the socket is there and nobody listens'),
    });
    expect(await daemon.clientAs(ROOT, 'test+unix:///default?mode=legacy')).toEqual(OPENED);
    await daemon.exec('rm', own);
  });

  it("is the user's own daemon's for a session", async () => {
    const uri = 'qemu:///session?name=test:///default';
    const missing = `/run/user/${USERS.stranger}/libvirt/libvirt-sock: there is no such socket`;
    for (const session of [uri, 'test:///default'])
      expect(await daemon.clientAs(USERS.stranger, session)).toMatchObject({
        message: expect.stringContaining(missing),
      });
    await daemon.exec(
      ...['setpriv', '--reuid', String(USERS.stranger), '--regid', String(USERS.stranger), '--init-groups'],
      ...[
        'env',
        `XDG_RUNTIME_DIR=/run/user/${USERS.stranger}`,
        `HOME=${homeOf(USERS.stranger)}`,
        'libvirtd',
        '--daemon',
      ],
    );
    const opened = await until(async () => {
      const answer = await daemon.clientAs(USERS.stranger, uri);
      return 'uri' in answer ? answer : undefined;
    });
    expect(opened).toEqual(OPENED);
    expect(await daemon.clientAs(USERS.stranger, 'test:///default')).toEqual(OPENED);
  });

  it('says of a path what is wrong with it', async () => {
    const at = (path: string): Promise<{ readonly failure: string; readonly message: string }> =>
      leavesNothingOpen(() => failureOf(`test+unix:///default?socket=${path}`));
    expect(await at('/nowhere/libvirt-sock')).toEqual({
      failure: 'unreachable',
      message:
        '/nowhere/libvirt-sock: there is no such socket: libvirt does not run here, or socket= must name its own',
    });
    expect((await at('/etc/passwd')).message).toMatch(/nobody listens/);
    expect((await at('/etc/passwd/sock')).message).toMatch(/not a folder/);
    expect((await at(`/${'x'.repeat(200)}`)).message).toMatch(/longer than a socket address/);
  });

  it('is refused to users who may not open it', async () => {
    await daemon.exec('chmod', '0700', '/run/libvirt/libvirt-sock');
    const answer = await daemon.clientAs(
      USERS.stranger,
      'qemu:///system?name=test:///default&socket=/run/libvirt/libvirt-sock',
    );
    await daemon.exec('chmod', '0777', '/run/libvirt/libvirt-sock');
    expect(answer).toEqual({
      failure: 'refused',
      message: '/run/libvirt/libvirt-sock: this user may not open the socket; members of its group may',
    });
  });
});

describe('polkit', () => {
  const uri = 'qemu:///system?name=test:///default';

  it('lets root and the members of libvirt in', async () => {
    expect(await daemon.clientAs(ROOT, uri)).toEqual(OPENED);
    expect(await daemon.clientAs(USERS.member, uri)).toEqual(OPENED);
    expect(await daemon.clientAs(USERS.member, `${uri}&auth=polkit`)).toEqual(OPENED);
  });

  it('refuses others, with what would let them in', async () => {
    expect(await daemon.clientAs(USERS.stranger, uri)).toEqual({
      failure: 'refused',
      message: expect.stringMatching(
        /^the daemon of test:\/\/\/default: polkit does not let this user manage libvirt; members of the group libvirt may, or whom a rule for org\.libvirt\.unix\.manage names \(.*no polkit agent/,
      ),
    });
  });

  it('is not asked for readers', async () => {
    expect(await daemon.clientAs(USERS.stranger, uri, 'reader')).toEqual(OPENED);
  });

  it('is what the daemon offers to somebody who wants SASL', async () => {
    expect(await daemon.clientAs(USERS.member, `${uri}&auth=sasl`)).toMatchObject({
      failure: 'refused',
      message: expect.stringContaining(
        'the daemon offers the authentication polkit; auth=sasl wants another',
      ),
    });
  });
});
