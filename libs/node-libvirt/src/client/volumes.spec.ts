import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeLibvirtdSocket, type FakeLibvirtd } from '../../../../test/harness/fake-libvirtd.js';
import { P } from '../procedures/index.js';
import { encode } from '../wire/codec.js';
import { Libvirt } from './libvirt.js';
import { uploadVolume } from './volumes.js';

const vol = { pool: 'pool', name: 'volume', key: '/volume' };
const volume = encode(P.storageVol.getInfoFlags.result, { type: 0, capacity: 1_000_000n, allocation: 0n });
const OK = 0;
const ERROR = 1;

let server: FakeLibvirtdSocket;
let host: Libvirt;
beforeEach(async () => {
  server = await FakeLibvirtdSocket.listen();
  host = new Libvirt(`test+unix:///default?socket=${server.path}`);
});
afterEach(async () => {
  host.close();
  await server.close();
});

/** Says what the volume is and opens the stream to it. @returns the connection that has the stream */
function serveUpload(): Promise<FakeLibvirtd> {
  return new Promise((resolve) => {
    const serve = async (daemon: FakeLibvirtd): Promise<void> => {
      await daemon.welcome();
      for (let next = daemon.seen.length; ; next += 1) {
        const call = await daemon.saw((frame) => daemon.seen.indexOf(frame) === next);
        if (call.procedure === P.storageVol.getInfoFlags.number) daemon.answer(call, volume);
        if (call.procedure !== P.storageVol.upload.number) continue;
        daemon.answer(call);
        return resolve(daemon);
      }
    };
    server.onConnection = (daemon) => void serve(daemon);
  });
}

describe('An upload that was aborted', () => {
  it('fails with the reason, and not with what its source meets while the daemon has yet to confirm', async () => {
    const serving = serveUpload();
    const aborting = new AbortController();
    const reason = new Error('enough');
    let tooLate = (): void => undefined;
    let asked = (): void => undefined;
    const askedAgain = new Promise<void>((resolve) => (asked = resolve));
    async function* late(): AsyncGenerator<Buffer> {
      yield Buffer.from('in time');
      const waiting = new Promise<void>((resolve) => (tooLate = resolve));
      asked();
      await waiting;
      yield Buffer.from('too late');
    }
    const uploading = uploadVolume(host, vol, late(), { signal: aborting.signal });
    const failing = expect(uploading).rejects.toBe(reason);
    const daemon = await serving;
    await askedAgain;
    aborting.abort(reason);
    const abort = await daemon.saw(({ type, status }) => type === 3 && status === ERROR);
    tooLate();
    // What the late bytes do, they have done after this.
    await new Promise((resolve) => setTimeout(resolve, 50));
    daemon.stream(abort, undefined, OK);
    await failing;
  });
});
