import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeLibvirtdSocket, wordBytes, type FakeLibvirtd } from '../../../../test/harness/fake-libvirtd.js';
import { P } from '../procedures/index.js';
import { Libvirt } from './libvirt.js';

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
