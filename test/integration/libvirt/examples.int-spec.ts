import { globSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe as group, expect, it } from '@jest/globals';
import { describe } from '../../../libs/node-libvirt/examples/connect.js';
import { remove, start } from '../../../libs/node-libvirt/examples/domains.js';
import { tryToStart } from '../../../libs/node-libvirt/examples/errors.js';
import { follow } from '../../../libs/node-libvirt/examples/events.js';
import { closeDoor } from '../../../libs/node-libvirt/examples/filters.js';
import { cards } from '../../../libs/node-libvirt/examples/machine.js';
import { readOwner, setOwner } from '../../../libs/node-libvirt/examples/metadata.js';
import { leases, reserve } from '../../../libs/node-libvirt/examples/networks.js';
import { limitMemory, readStates } from '../../../libs/node-libvirt/examples/parameters.js';
import { keepKey, readKey } from '../../../libs/node-libvirt/examples/secrets.js';
import { fetch, store } from '../../../libs/node-libvirt/examples/storage.js';
import { takePicture } from '../../../libs/node-libvirt/examples/streams.js';
import { DOMAIN_STATE, Libvirt } from '@diecast/node-libvirt';
import { until } from '../../harness/until.js';
import { useWorld } from './breadth/world.js';

const library = join(import.meta.dirname, '..', '..', '..', 'libs', 'node-libvirt');
const world = useWorld();
const never = new AbortController().signal;
const domainXml = (name: string): string =>
  `<domain type='test'><name>${name}</name><memory unit='KiB'>2048</memory><os><type>hvm</type></os></domain>`;

group('the examples of node-libvirt', () => {
  const files = globSync(join(library, 'examples', '*.ts'));

  it('stand in its README word for word, and nothing else does', () => {
    const shown = [...readFileSync(join(library, 'README.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs)];
    expect(new Set(shown.map(([, code]) => code))).toEqual(
      new Set(files.map((path) => readFileSync(path, 'utf8'))),
    );
  });

  it('are run: here, or by the tests of the lab', () => {
    const tests = [import.meta.filename, join(library, '..', '..', 'test', 'e2e', 'libvirt', 'examples.ts')];
    const imported = tests.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/node-libvirt\/examples\/(\w+)\.js/g)].map(([, name]) => name),
    );
    expect(new Set(imported)).toEqual(new Set(files.map((path) => basename(path, '.ts'))));
  });

  it('connect', async () => {
    expect(await describe(world.uri('test', '/default'))).toMatch(/^TEST, libvirt \d+\.\d+\.\d+: test$/);
  });

  it('start a domain, read its state, and remove it', async () => {
    const dom = await start(world.host, domainXml('shown'));
    expect(dom.id).toBeGreaterThan(0);
    expect(await readStates(world.host)).toMatchObject({ shown: DOMAIN_STATE.RUNNING });
    await remove(world.host, 'shown');
    await remove(world.host, 'shown');
    expect(await readStates(world.host)).not.toHaveProperty('shown');
  });

  it('keep an owner and a limit', async () => {
    const { dom } = await world.host.domain.lookupByName({ name: 'test' });
    expect(await readOwner(world.host, dom)).toBeUndefined();
    await setOwner(world.host, dom, 'Kim');
    expect(await readOwner(world.host, dom)).toBe('Kim');
    expect(await limitMemory(world.host, dom, 700_000)).toMatchObject({ hard_limit: 700_000 });
  });

  it('follow what runs', async () => {
    const over = new AbortController();
    let running: readonly string[] = [];
    const following = follow(world.host, over.signal, (names) => (running = [...names].toSorted()));
    const untilRunning = (...names: readonly string[]): Promise<unknown> =>
      until(() => (running.join() === names.join() ? true : undefined));
    await untilRunning('test');
    await start(world.host, domainXml('followed'));
    await untilRunning('followed', 'test');
    await remove(world.host, 'followed');
    await untilRunning('test');
    over.abort();
    await following;
  });

  it('say what became of a start', async () => {
    const { dom } = await world.host.domain.defineXml({ xml: domainXml('tried') });
    expect(await tryToStart(world.host, dom, never)).toBe('started');
    expect(await tryToStart(world.host, dom, never)).toBe('refused');
    await remove(world.host, 'tried');
    expect(await tryToStart(world.host, dom, never)).toBe('unknown');
    const nobody = new Libvirt(`test:///default?socket=${world.file('nobody')}`);
    expect(await tryToStart(nobody, dom, never)).toBe('unreachable');
    await expect(tryToStart(world.host, dom, AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
  });

  it('take a picture', async () => {
    const { dom } = await world.host.domain.lookupByName({ name: 'test' });
    const { mime, picture } = await takePicture(world.host, dom);
    expect(mime).toBe('image/png');
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
  });

  it('store a file and fetch it', async () => {
    const contents = Buffer.concat([Buffer.from('head'), Buffer.alloc(300_000), Buffer.from('tail')]);
    await writeFile(world.file('source'), contents);
    const vol = await store(
      world.driver('storage'),
      world.file('shown'),
      world.file('source'),
      contents.length,
    );
    await fetch(world.driver('storage'), vol, world.file('fetched'));
    expect((await readFile(world.file('fetched'))).equals(contents)).toBe(true);
  });

  it('reserve an address', async () => {
    const xml = `<network><name>shown</name><bridge name="brshown"/><ip address="192.168.75.1" netmask="255.255.255.0">
      <dhcp><range start="192.168.75.2" end="192.168.75.9"/></dhcp></ip></network>`;
    const network = world.driver('network');
    const net = await reserve(network, xml, '52:54:00:00:00:05', '192.168.75.5');
    expect((await network.network.getXmlDesc({ net })).xml).toContain("ip='192.168.75.5'");
    expect(await leases(network, net)).toEqual(new Map());
    await network.network.destroy({ net });
  });

  it('close a door, keep a key, and list cards', async () => {
    expect((await closeDoor(world.driver('nwfilter'), 'closed')).name).toBe('closed');
    const key = Buffer.from([0, 255, 1]);
    await keepKey(world.driver('secret'), 'pool', key);
    expect(await readKey(world.driver('secret'), 'pool')).toEqual(key);
    expect(await cards(world.driver('nodedev'))).toContainEqual(expect.stringMatching(/^net_lo_/));
  });
});
