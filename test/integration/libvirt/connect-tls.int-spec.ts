import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { Libvirt, parseLibvirtUri } from '../../../libs/node-libvirt/src/index.js';
import { dial } from '../../../libs/node-libvirt/src/transport/dial.js';
import { homeOf, startLibvirtd, USERS, type TestLibvirtd } from '../../harness/libvirtd.js';
import { makeAuthority, makePkiFolder, type Certificate } from '../../harness/libvirtd-pki.js';
import { failureOf, leavesNothingOpen, reach } from '../../harness/libvirtd-reach.js';

const OPENED = 'test:///default';

let daemon: TestLibvirtd;
let ours: Certificate;
let pki: string;
beforeAll(async () => {
  daemon = await startLibvirtd({ config: { tls_allowed_dn_list: ['CN=orchestrator'] } });
  ours = await daemon.authority.issue({ name: 'orchestrator' });
  pki = await folder('ours', { ca: daemon.authority.ca, certificate: ours });
}, 60_000);
afterAll(() => daemon.stop());

const folder = (name: string, files: Parameters<typeof makePkiFolder>[1]): Promise<string> =>
  makePkiFolder(join(daemon.dir, 'pki', name), files);
const failure = (uri: string): Promise<{ readonly failure: string; readonly message: string }> =>
  leavesNothingOpen(() => failureOf(uri, { connectTimeoutMs: 5_000 }));

describe('TCP', () => {
  it('reaches a name, an IPv4 and an IPv6 address', async () => {
    expect(await reach(`test+tcp://${daemon.address}/default`)).toBe(OPENED);
    expect(await reach(`test+tcp://[${daemon.address6}]:16509/default`)).toBe(OPENED);
    expect(await daemon.clientAs(0, `test+tcp://${daemon.hostname}/default`)).toEqual({ uri: OPENED });
    expect(await daemon.clientAs(0, 'test+tcp:///default')).toEqual({ uri: OPENED });
  });

  it('says where nothing listens', async () => {
    expect(await failure(`test+tcp://${daemon.address}:1/default`)).toEqual({
      failure: 'unreachable',
      message: `${daemon.address}:1: nothing listens there`,
    });
    expect((await failure(`test+tcp://[${daemon.address6}]:1/default`)).message).toBe(
      `[${daemon.address6}]:1: nothing listens there`,
    );
  });

  it('says which name is none', async () => {
    const { failure: kind, message } = await failure('test+tcp://nowhere.invalid/default');
    expect(kind).toBe('unreachable');
    expect(message).toMatch(/^nowhere\.invalid:16509: (no such host name|the name server does not answer)$/);
  });

  it('gives up at its deadline when nobody is at the address', async () => {
    const nobody = daemon.address.replace(/\d+$/, '99');
    const { failure: kind, message } = await leavesNothingOpen(() =>
      failureOf(`test+tcp://${nobody}/default`, { connectTimeoutMs: 300 }),
    );
    expect(kind).toBe('unreachable');
    expect(message).toBe(`${nobody} did not answer within 300 ms`);
  });
});

describe('TLS', () => {
  it('shows and checks certificates, by IPv4, IPv6 and name', async () => {
    expect(await reach(`test+tls://${daemon.address}/default?pkipath=${pki}`)).toBe(OPENED);
    expect(await reach(`test://[${daemon.address6}]:16514/default?pkipath=${pki}`)).toBe(OPENED);
    const uri = `test://${daemon.hostname}/default?pkipath=${pki}`;
    expect(await daemon.clientAs(0, uri)).toEqual({ uri: OPENED });
  });

  it("takes root's certificates from /etc/pki and a user's from ~/.pki/libvirt", async () => {
    const uri = `test://${daemon.hostname}/default`;
    const users = `${homeOf(USERS.member)}/.pki/libvirt`;
    await daemon.exec('install', '-d', '-o', String(USERS.member), users);
    for (const file of ['clientcert.pem', 'clientkey.pem'])
      await daemon.exec('install', '-o', String(USERS.member), `${pki}/${file}`, users);
    // The authority's certificate is the machine's.
    expect(await daemon.clientAs(USERS.member, uri)).toEqual({ uri: OPENED });
    expect(await daemon.clientAs(0, uri)).toMatchObject({
      message: expect.stringContaining('refused us, who have no client certificate to show'),
    });
    await daemon.exec('cp', `${pki}/clientcert.pem`, '/etc/pki/libvirt/');
    await daemon.exec('cp', `${pki}/clientkey.pem`, '/etc/pki/libvirt/private/');
    expect(await daemon.clientAs(0, uri)).toEqual({ uri: OPENED });
  });

  it('speaks the versions that tls_priority leaves', async () => {
    for (const priority of ['NORMAL', 'NORMAL:-VERS-TLS1.3', 'NORMAL:-VERS-ALL:%2BVERS-TLS1.3'])
      expect(await reach(`test://${daemon.address}/default?pkipath=${pki}&tls_priority=${priority}`)).toBe(
        OPENED,
      );
    expect(await failure(`test://${daemon.address}/default?tls_priority=NORMAL:-AES-128-GCM`)).toMatchObject({
      failure: 'refused',
      message: expect.stringContaining('only versions can be changed'),
    });
  });

  it('does not believe a host whose certificate is for another name, unless told to', async () => {
    const uri = `test://${daemon.otherAddress}/default?pkipath=${pki}`;
    expect(await failure(uri)).toEqual({
      failure: 'refused',
      message: expect.stringMatching(
        new RegExp(
          `^${daemon.otherAddress}:16514: the host's certificate is for another name \\(.*${daemon.otherAddress}`,
        ),
      ),
    });
    expect(await reach(`${uri}&no_verify=1`)).toBe(OPENED);
  });

  it('does not believe a host of another authority', async () => {
    const others = await makeAuthority(join(daemon.dir, 'others'));
    const mixed = await folder('mixed', { ca: others.ca, certificate: ours });
    expect(await failure(`test://${daemon.address}/default?pkipath=${mixed}`)).toEqual({
      failure: 'refused',
      message: `${daemon.address}:16514: the certificate of the host was not signed by the authority in cacert.pem`,
    });
    const foreign = await folder('foreign', {
      ca: daemon.authority.ca,
      certificate: await others.issue({ name: 'orchestrator' }),
    });
    expect(await failure(`test://${daemon.address}/default?pkipath=${foreign}`)).toEqual({
      failure: 'refused',
      message: expect.stringMatching(
        /:16514 refused our client certificate: it does not know its authority, or/,
      ),
    });
  });

  it('does not believe a host whose certificate was revoked', async () => {
    const server = join(daemon.dir, 'etc/pki/libvirt/servercert.pem');
    const crl = await daemon.authority.revoke({ cert: server, key: '' });
    const revoked = await folder('revoked', { ca: daemon.authority.ca, crl, certificate: ours });
    expect(await failure(`test://${daemon.address}/default?pkipath=${revoked}`)).toEqual({
      failure: 'refused',
      message: `${daemon.address}:16514: the host's certificate was revoked by its authority`,
    });
  });

  it("tells the daemon's verdict on a name that it does not allow", async () => {
    const certificate = await daemon.authority.issue({ name: 'somebody' });
    const somebody = await folder('somebody', { ca: daemon.authority.ca, certificate });
    expect(await failure(`test://${daemon.address}/default?pkipath=${somebody}`)).toEqual({
      failure: 'refused',
      message: `${daemon.address}:16514 refused our client certificate: it does not know its authority, or tls_allowed_dn_list in its libvirtd.conf has no such name`,
    });
  });

  it('takes no other byte than 1 for a welcome', async () => {
    // No libvirtd would send another.
    const address = '127.0.0.1';
    const { cert, key } = await daemon.authority.issue({
      name: 'fake',
      alternativeNames: [`IP:${address}`],
      usage: 'serverAuth',
    });
    const server = createServer(
      { cert: await readFile(cert), key: await readFile(key) },
      (socket) => void socket.on('error', () => undefined).write(Buffer.of(0, 1)),
    );
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const { failure: kind, message } = await failureOf(`test://${address}:${port}/default?pkipath=${pki}`);
      expect(kind).toBe('refused');
      expect(message).toMatch(/refused our client certificate/);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('looks at its own files first, and says which is wrong', async () => {
    const { ca } = daemon.authority;
    const late = await daemon.authority.issue({ name: 'orchestrator', days: -1 });
    const other = await daemon.authority.issue({ name: 'orchestrator' });
    const uri = (path: string): string => `test://${daemon.address}/default?pkipath=${path}`;
    const expired = uri(await folder('expired', { ca, certificate: late }));
    expect((await failure(expired)).message).toMatch(/expired\/clientcert\.pem expired on /);
    // Unlooked at, it is shown; that is then the daemon's to refuse.
    expect((await failure(`${expired}&no_sanity=1`)).message).toMatch(
      /:16514 refused our client certificate/,
    );
    const wrongKey = await folder('wrong-key', { ca, certificate: { cert: ours.cert, key: other.key } });
    expect((await failure(uri(wrongKey))).message).toMatch(
      /the key .*wrong-key\/clientkey\.pem does not belong to the certificate .*clientcert\.pem$/,
    );
    expect((await failure(uri('/nowhere'))).message).toBe(
      'the CA certificate /nowhere/cacert.pem: there is no such file',
    );
    expect((await failure(uri(await folder('bare', { ca })))).message).toMatch(
      /no client certificate to show/,
    );
    const noKey = await folder('no-key', { ca, certificate: { cert: ours.cert, key: ca } });
    expect((await failure(uri(noKey))).message).toMatch(/no-key\/clientkey\.pem is not a private key in PEM/);
  });

  it('says that a peer does not speak TLS', async () => {
    expect(await failure(`test+tls://${daemon.address}:16509/default?pkipath=${pki}`)).toMatchObject({
      failure: 'refused',
      message: expect.stringMatching(/:16509: (the peer ended the TLS handshake|the TLS handshake failed)/),
    });
  });

  it('SPEC-VIRT-3: gives up on a daemon that hangs, at the deadline, when it is told to and when its client is closed', async () => {
    const uri = `test://${daemon.address}/default?pkipath=${pki}`;
    await daemon.freeze();
    try {
      const { failure: kind, message } = await leavesNothingOpen(() =>
        failureOf(uri, { connectTimeoutMs: 300 }),
      );
      expect([kind, message]).toEqual(['unreachable', `${daemon.address} did not answer within 300 ms`]);
      const stop = new AbortController();
      const reason = new Error('no longer needed');
      await leavesNothingOpen(async () => {
        const dialing = dial(parseLibvirtUri(uri), { timeoutMs: 60_000, signal: stop.signal });
        setTimeout(() => stop.abort(reason), 20);
        await expect(dialing).rejects.toBe(reason);
        await expect(dial(parseLibvirtUri(uri), { timeoutMs: 1, signal: stop.signal })).rejects.toBe(reason);
      });
      await leavesNothingOpen(async () => {
        const host = new Libvirt(uri);
        const asking = host.connect.getUri();
        setTimeout(() => host.close(), 20);
        await expect(asking).rejects.toThrow('this client was closed');
      });
    } finally {
      await daemon.thaw();
    }
    expect(await reach(uri)).toBe(OPENED);
  });
});

describe('TLS with a daemon whose certificate has expired', () => {
  let late: TestLibvirtd;
  beforeAll(async () => {
    late = await startLibvirtd({
      certificateDays: -1,
      config: { tls_no_sanity_certificate: 1 },
    });
  }, 60_000);
  afterAll(() => late.stop());

  it('says so', async () => {
    const certificate = await late.authority.issue({ name: 'orchestrator' });
    const path = await makePkiFolder(join(late.dir, 'pki'), { ca: late.authority.ca, certificate });
    expect(await failure(`test://${late.address}/default?pkipath=${path}`)).toEqual({
      failure: 'refused',
      message: `${late.address}:16514: the host's certificate has expired`,
    });
    expect(await reach(`test://${late.address}/default?pkipath=${path}&no_verify=1`)).toBe(OPENED);
  });
});
