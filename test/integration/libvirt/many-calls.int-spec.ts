import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Libvirt, LibvirtTimeoutError, type LibvirtOptions } from '../../../libs/node-libvirt/src/index.js';
import { startLibvirtd, type TestLibvirtd } from '../../harness/libvirtd.js';

let daemon: TestLibvirtd;
beforeAll(async () => {
  daemon = await startLibvirtd();
}, 60_000);
afterAll(() => daemon.stop());

/** Between the client and the daemon, to count connections, and to close those that are more than `welcome`. */
let door: Server;
let opened: number;
let welcome: number;
const hosts: Libvirt[] = [];

beforeEach(async () => {
  opened = 0;
  welcome = Infinity;
  door = createServer((client: Socket) => {
    client.on('error', () => undefined);
    opened += 1;
    if (opened > welcome) return void client.destroy();
    const behind = connect(daemon.socket);
    behind.on('error', () => client.destroy());
    client.on('close', () => behind.destroy());
    behind.on('close', () => client.destroy());
    client.pipe(behind).pipe(client);
  });
  door.listen(join(daemon.dir, 'door'));
  await once(door, 'listening');
});

afterEach(async () => {
  for (const host of hosts.splice(0)) host.close();
  door.close();
  await once(door, 'close');
});

function open(options: LibvirtOptions = {}): Libvirt {
  const host = new Libvirt(`test+unix:///default?socket=${join(daemon.dir, 'door')}`, options);
  hosts.push(host);
  return host;
}

/** So many callers, each of whom makes one call after another. */
async function ask(host: Libvirt, callers: number, calls: number): Promise<void> {
  const caller = async (): Promise<void> => {
    for (let made = 0; made < calls; made += 1)
      expect(await host.domain.lookupByName({ name: 'test' })).toMatchObject({ dom: { name: 'test' } });
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

describe('Calls to one host', () => {
  it('share one connection as long as it has room for them', async () => {
    await ask(open(), 3, 50);
    expect(opened).toBe(1);
  });

  it('share as many as they may when there are many at once, and all are answered', async () => {
    for (const [options, connections] of [
      [{}, 2],
      [{ connections: 1 }, 1],
      [{ connections: 4 }, 4],
    ] as const) {
      opened = 0;
      await ask(open(options), 64, 50);
      expect(opened).toBe(connections);
    }
  });

  it('do with the connections that the daemon takes', async () => {
    welcome = 1;
    await ask(open({ connections: 4 }), 64, 20);
    expect(opened).toBeGreaterThan(1);
  });

  it('do not wait behind one that hangs', async () => {
    const host = open();
    await ask(host, 1, 1);
    await daemon.freeze();
    try {
      const call = host.domain.lookupByName({ name: 'test' }, { deadlineMs: 200 });
      await expect(call).rejects.toThrow(LibvirtTimeoutError);
    } finally {
      await daemon.thaw();
    }
    await ask(host, 1, 1);
    expect(opened).toBe(2);
  });
});
