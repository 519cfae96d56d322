import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeLibvirtdSocket, wordBytes, type FakeLibvirtd } from '../../../../test/harness/fake-libvirtd.js';
import { until } from '../../../../test/harness/until.js';
import type { CallOptions } from '../connection/call-options.js';
import { P } from '../procedures/index.js';
import { Libvirt, type LibvirtOptions } from './libvirt.js';

const HOST = wordBytes(4, 0x686f7374);

describe('a client whose daemon hangs over some calls', () => {
  let daemon: FakeLibvirtdSocket;
  let host: Libvirt;

  beforeEach(async () => {
    daemon = await FakeLibvirtdSocket.listen();
    host = new Libvirt(`test+unix:///default?socket=${daemon.path}`);
    daemon.onConnection = (far) => void serve(far);
  });
  afterEach(async () => {
    host.close();
    await daemon.close();
  });

  /** Answers who it is, and nothing else. */
  async function serve(far: FakeLibvirtd): Promise<void> {
    await far.welcome();
    for (;;) {
      const asked = await far.saw(({ procedure }) => procedure === P.connect.getHostname.number);
      far.seen.splice(far.seen.indexOf(asked), 1);
      far.answer(asked, HOST);
    }
  }

  it('asks others on a new connection when the hanging calls are given up by their signal', async () => {
    const giveUp = new AbortController();
    const hanging = Array.from({ length: 4 }, () =>
      host.connect.getCapabilities({}, { signal: giveUp.signal }),
    );
    const ended = Promise.allSettled(hanging);
    await new Promise((resolve) => setTimeout(resolve, 100));
    giveUp.abort(new Error('enough'));
    expect((await ended).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(await host.connect.getHostname({}, { deadlineMs: 5_000 })).toEqual({ hostname: 'host' });
  });

  it('asks others on a new connection when the hanging calls come to their deadline', async () => {
    const hanging = Array.from({ length: 4 }, () => host.connect.getCapabilities({}, { deadlineMs: 100 }));
    await Promise.allSettled(hanging);
    expect(await host.connect.getHostname({}, { deadlineMs: 5_000 })).toEqual({ hostname: 'host' });
  });

  it('does not let others wait behind calls that wait for guests', async () => {
    const dom = { name: 'machine', uuid: '00000000-0000-0000-0000-000000000001', id: 1 };
    const hanging = Array.from({ length: 8 }, () => host.domain.getHostname({ dom }, { deadlineMs: 10_000 }));
    const ended = Promise.allSettled(hanging);
    expect(await host.connect.getHostname({}, { deadlineMs: 5_000 })).toEqual({ hostname: 'host' });
    host.close();
    await ended;
  });
});

describe('a client whose daemon takes connections and says nothing', () => {
  const dom = { name: 'machine', uuid: '00000000-0000-0000-0000-000000000001', id: 1 };
  const vol = { pool: 'pool', name: 'volume', key: '/volume' };
  let daemon: FakeLibvirtdSocket;
  const client = (options?: LibvirtOptions): Libvirt =>
    new Libvirt(`test+unix:///default?socket=${daemon.path}`, options);

  beforeEach(async () => {
    daemon = await FakeLibvirtdSocket.listen();
  });
  afterEach(() => daemon.close());

  /** On a connection that calls share, one of its own, and one of a stream. */
  const calls: readonly (readonly [string, (host: Libvirt, options: CallOptions) => Promise<unknown>])[] = [
    ['a short call', (host, options) => host.connect.getHostname({}, options)],
    ['a long call', (host, options) => host.domain.save({ dom, to: '/file' }, options)],
    ['a stream', (host, options) => host.storageVol.download({ vol, offset: 0n, length: 0n }, options)],
  ];

  it.each(calls)('gives up %s at its deadline and by its signal (SPEC-VIRT-4)', async (_, call) => {
    const host = client();
    const unreachable = { name: 'LibvirtTransportError', failure: 'unreachable' };
    await expect(call(host, { deadlineMs: 30 })).rejects.toMatchObject(unreachable);
    const reason = new Error('enough');
    const giveUp = new AbortController();
    const asked = expect(call(host, { signal: giveUp.signal })).rejects.toBe(reason);
    setImmediate(() => giveUp.abort(reason));
    await asked;
    host.close();
    await until(() => daemon.open === 0 || undefined);
  });

  it('ends a subscription by its signal', async () => {
    const host = client();
    const giveUp = new AbortController();
    const events = host.events(['lifecycle'], giveUp.signal);
    const next = events.next();
    setImmediate(() => giveUp.abort());
    await expect(next).resolves.toEqual({ done: true, value: undefined });
    host.close();
  });

  it('ends a subscription by its signal when only its registration hangs', async () => {
    const welcomed = new Promise<void>((resolve) => {
      daemon.onConnection = (far) => void far.welcome().then(resolve);
    });
    const host = client();
    const giveUp = new AbortController();
    const next = host.events(['lifecycle'], giveUp.signal).next();
    await welcomed;
    giveUp.abort();
    await expect(next).resolves.toEqual({ done: true, value: undefined });
    host.close();
  });

  it('is unreachable when it was not let in within its time', async () => {
    const host = client({ connectTimeoutMs: 30 });
    await expect(host.connect.getHostname()).rejects.toMatchObject({
      name: 'LibvirtTransportError',
      failure: 'unreachable',
      message: expect.stringMatching(/ did not answer within 30 ms$/),
    });
    await until(() => daemon.open === 0 || undefined);
  });
});
