import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLibvirtUri } from '../../../libs/node-libvirt/src/index.js';
import { daemonSockets } from '../../../libs/node-libvirt/src/transport/unix.js';
import { startLibvirtd, type TestLibvirtd } from '../../harness/libvirtd.js';

let daemon: TestLibvirtd;
beforeAll(async () => {
  daemon = await startLibvirtd();
}, 60_000);
afterAll(() => daemon.stop());

/** The debug log of libvirt's own client, which connects to nobody: what it made of each URI. */
async function libvirtReads(
  uris: readonly string[],
): Promise<readonly { readonly name: string | undefined; readonly socket: string | undefined }[]> {
  const list = join(daemon.dir, 'uris');
  await writeFile(list, `${uris.join('\n')}\n`);
  const log = await daemon.exec(
    'bash',
    '-c',
    `export LIBVIRT_LOG_FILTERS=1:remote LIBVIRT_LOG_OUTPUTS=1:stderr
     while read -r uri; do echo "## $uri"; virsh -c "$uri" uri 2>&1 </dev/null || true; done < ${list}`,
  );
  return log
    .split(/^## .*$/m)
    .slice(1)
    .map((part) => ({
      name: /proceeding with name = (.*)$/m.exec(part)?.[1],
      socket: /Chosen UNIX socket (\/.*)$/m.exec(part)?.[1],
    }));
}

const ours = (uri: string): string | undefined => {
  try {
    return parseLibvirtUri(uri).name;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
};

/** Port 1 is nobody's, and /bin/false is no ssh. */
const URIS = [
  'qemu+tcp://localhost:1/system',
  'qemu+TCP://localhost:1/system',
  'qemu+tcp://localhost:1',
  'qemu+tcp://localhost:1/',
  'qemu+tcp://localhost:1//a/../b',
  'test+tcp://localhost:1/default',
  'QEMU+tcp://localhost:1/system',
  'q.e-m1+tcp://localhost:1/s',
  'remote+tcp://localhost:1/system',
  'qemu+tcp://me:pass@localhost:1/system',
  'qemu+tcp://@localhost:1/system',
  'qemu+tcp://[::1]:1/system',
  'qemu+tcp://[fe80::1%25lo]:1/system',
  'qemu+tcp://a%2db.invalid:1/system',
  'qemu://localhost:1/system?pkipath=/nowhere',
  'qemu+ssh:/system?command=/bin/false',
  'qemu+ssh://host/session?command=/bin/false&keyfile=/k&no_tty=1&no_verify=1&sshauth=x',
  'qemu+ssh://host/system?command=/bin/false;proxy=netcat',
  'qemu+ssh://host/system?command=/bin/false&mode=direct',
  'qemu+tcp://localhost:1/system?foo=bar%20x&no_verify=1&a=b',
  'qemu+tcp://localhost:1/s?a=1;b=2&c=3;d=4',
  'qemu+tcp://localhost:1/s?a=1&&b=2&',
  'qemu+tcp://localhost:1/s?=v&q',
  'qemu+tcp://localhost:1/s?name=',
  'qemu+tcp://localhost:1/s?NAME=test:///x&name=y:///z',
  'qemu+tcp://localhost:1/s?%6eame=x',
  'qemu+tcp://localhost:1/s?f+o=a+b',
  'qemu+tcp://localhost:1/s?a%20b=%c3%a4',
  'qemu+tcp://localhost:1/s?v=%21%27%28%29%2a%3b%3a%40%26%3d%2b%24%2c%5b%5d~-_.%25%2f%3f%23%20',
  'qemu+tcp://localhost:1/a%21%27%28%29%2a%3b%3a%40%26%3d%2b%24%2c%5b%5d~-_.%25%7e%22%3c%5e%7c%c3%a4b',
  "qemu+tcp://localhost:1/it's;a=b!",
  'qemu+tcp://localhost:1/system#part',
  'qemu+tcp://localhost:1/system?x=1#part',
  'qemu+tcp://localhost:1/s?no_verify=-1',
  'qemu+tcp://localhost:1/s?tls_priority=X&auth=sasl&authfile=/x&no_sanity=1&known_hosts=/x',
];

const NONE = [
  'qemu+tcp://localhost:1/%zz',
  'qemu+tcp://localhost:1/a b',
  'qemu+tcp://localhost:x/s',
  'qemu+tcp://::1/s',
  'qemu+tcp://[::1/s',
  'qemu+:///system',
  'qemu+tcp+tls://localhost:1/s',
  'qemu+pigeon://localhost:1/s',
  'qemu+unix://localhost/system',
  '1qemu+tcp://localhost:1/s',
  'qemu+tcp://localhost:1/s?no_verify=',
  'qemu+tcp://localhost:1/s?no_verify=1x',
  'qemu+tcp://localhost:1/s?mode=DIRECT',
  'qemu+tcp://localhost:1/s?proxy=other',
];

describe('A URI of a connection', () => {
  it("SPEC-VIRT-1: means to us what it means to libvirt's own client", async () => {
    const theirs = await libvirtReads(URIS);
    expect(theirs.filter(({ name }) => name === undefined)).toEqual([]);
    expect(Object.fromEntries(URIS.map((uri) => [uri, ours(uri)]))).toEqual(
      Object.fromEntries(URIS.map((uri, index) => [uri, theirs[index]?.name])),
    );
  });

  it('SPEC-VIRT-1: is none for us when it is none for that', async () => {
    const theirs = await libvirtReads(NONE);
    expect(theirs.map(({ name }) => name)).toEqual(NONE.map(() => undefined));
    expect(NONE.map((uri) => ours(uri))).toEqual(NONE.map(() => undefined));
  });

  it('SPEC-VIRT-1: leads to the same socket', async () => {
    const { direct, legacy } = daemonSockets({
      driver: 'qemu',
      session: false,
      readOnly: false,
      runtimeDir: '/nowhere',
    });
    const chosen = async (uri: string): Promise<string | undefined> => (await libvirtReads([uri]))[0]?.socket;
    expect(await chosen('qemu:///system')).toBe(legacy);
    expect(await chosen('qemu:///system?mode=direct')).toBe(direct);
    await daemon.exec('ln', '-s', 'libvirt-sock', '/run/libvirt/virtqemud-sock');
    expect(await chosen('qemu:///system')).toBe(direct);
    expect(await chosen('qemu:///session')).toBe(direct);
    expect(await chosen('qemu:///system?mode=legacy')).toBe(legacy);
    expect(await chosen('remote:///')).toBe(legacy);
  });
});
