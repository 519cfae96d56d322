import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startLibvirtd, type TestLibvirtd } from '../../harness/libvirtd.js';
import { makePkiFolder } from '../../harness/libvirtd-pki.js';
import { failureOf, leavesNothingOpen, reach } from '../../harness/libvirtd-reach.js';
import { ACCOUNTS, withSasl } from '../../harness/libvirtd-sasl.js';

const OPENED = 'test:///default';
const fred = ACCOUNTS.plain;

let daemon: TestLibvirtd;
let pki: string;
beforeAll(async () => {
  daemon = await startLibvirtd(withSasl('scram-sha-256 plain'));
  const certificate = await daemon.authority.issue({ name: 'orchestrator' });
  pki = await makePkiFolder(join(daemon.dir, 'pki'), { ca: daemon.authority.ca, certificate });
}, 60_000);
afterAll(() => daemon.stop());

const unix = (query = ''): string => `test+unix:///default?socket=${daemon.socket}${query}`;
const tls = (query = ''): string => `test+tls://${daemon.address}/default?pkipath=${pki}${query}`;

describe.each(['scram-sha-256', 'plain'])('SASL by %s', (mechanism) => {
  const query = `&auth=sasl.${mechanism}`;

  it.each(Object.entries(ACCOUNTS))(
    'lets the user "%s" in, over a Unix socket and TLS',
    async (_, account) => {
      expect(await reach(unix(query), { credentials: account })).toBe(OPENED);
      expect(await reach(tls(query), { credentials: account })).toBe(OPENED);
    },
  );

  it('refuses a wrong password and a user who is none', async () => {
    for (const uri of [unix(query), tls(query)])
      for (const credentials of [
        { user: fred.user, password: 'incorrect horse' },
        { user: 'nobody', password: fred.password },
      ])
        expect(await leavesNothingOpen(() => failureOf(uri, { credentials }))).toEqual({
          failure: 'refused',
          message: expect.stringMatching(
            new RegExp(
              `refused the user "${credentials.user}" by ${mechanism.toUpperCase()}: the name or the password is wrong$`,
            ),
          ),
        });
  });
});

describe('SASL', () => {
  it('prefers not to show the password', async () => {
    expect(await reach(unix('&auth=sasl'), { credentials: fred })).toBe(OPENED);
    // A peer whose certificate is not checked gets proofs, and no password.
    expect(await reach(tls('&no_verify=1'), { credentials: fred })).toBe(OPENED);
  });

  it("takes user and password from libvirt's own file when nobody gives them", async () => {
    const file = join(daemon.dir, 'auth.conf');
    await writeFile(
      file,
      `[credentials-fred]\nauthname=${fred.user}\npassword=${fred.password}\n\n[auth-libvirt-${daemon.address}]\ncredentials=fred\n`,
    );
    expect(await reach(tls(`&authfile=${file}`))).toBe(OPENED);
    expect(await failureOf(unix(`&authfile=${file}`))).toEqual({
      failure: 'refused',
      message: expect.stringMatching(/asks for a user and a password \(.*\), and none are known/),
    });
    expect((await failureOf(tls('&authfile=/nowhere/auth.conf'))).message).toMatch(
      /cannot read the credentials: .*\/nowhere\/auth\.conf/,
    );
  });

  it('is not asked of readers', async () => {
    const uri = `test+unix:///default?socket=${daemon.readOnlySocket}`;
    expect(await reach(uri, { readOnly: true })).toBe(OPENED);
  });

  it('SPEC-VIRT-2: says nothing over plain TCP', async () => {
    const error = await leavesNothingOpen(() =>
      failureOf(`test+tcp://${daemon.address}/default`, { credentials: fred }),
    );
    expect(error).toEqual({
      failure: 'refused',
      message: expect.stringMatching(
        /asks for SASL and offers no mechanism; over plain TCP that needs a mechanism that encrypts/,
      ),
    });
  });

  it('names what the daemon offers to one who wants polkit', async () => {
    expect((await failureOf(unix('&auth=polkit'))).message).toMatch(
      /the daemon offers the authentication sasl; auth=polkit wants another/,
    );
  });
});

describe('SASL with a daemon that speaks other mechanisms', () => {
  let other: TestLibvirtd;
  beforeAll(async () => {
    other = await startLibvirtd(withSasl('digest-md5 cram-md5'));
  }, 60_000);
  afterAll(() => other.stop());

  it('SPEC-VIRT-2: says nothing over plain TCP to one that could encrypt there', async () => {
    expect((await failureOf(`test+tcp://${other.address}/default`, { credentials: fred })).message).toMatch(
      /asks for SASL and offers DIGEST-MD5; over plain TCP that needs a mechanism that encrypts, and we speak none: use \+tls or \+ssh$/,
    );
  });

  it('names them and ours', async () => {
    const uri = `test+unix:///default?socket=${other.socket}`;
    expect(await failureOf(uri, { credentials: fred })).toEqual({
      failure: 'refused',
      message: expect.stringMatching(
        /asks for SASL and offers (DIGEST-MD5, CRAM-MD5|CRAM-MD5, DIGEST-MD5); we speak SCRAM-SHA-256, PLAIN$/,
      ),
    });
  });
});
