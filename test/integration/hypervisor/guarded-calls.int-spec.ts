import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '@diecast/model';
import { libvirtHypervisors, type HostGuard, type Hypervisors } from '@diecast/hypervisor';
import { startLibvirtd, type TestLibvirtd } from '../../harness/libvirtd.js';

/** What a guard of the engine says while its lease is good, unless told otherwise. */
const guard = (other: Partial<HostGuard> = {}): HostGuard => ({
  admit: async () => 20_000,
  insist: () => 20_000,
  signal: new AbortController().signal,
  ...other,
});
const lost = (): never => {
  throw new AppError('lease_lost', 'It is no longer ours.');
};

describe('calls behind a guard', () => {
  let daemon: TestLibvirtd;
  let hypervisors: Hypervisors;
  let sent: string[];
  const note = (message: unknown): void => {
    const { procedure, phase } = message as { readonly procedure: string; readonly phase: string };
    if (phase === 'sending') sent.push(procedure);
  };
  const at = (behind: HostGuard) =>
    hypervisors.behind(behind).at({ name: 'h', uri: `test+unix:///default?socket=${daemon.socket}` });

  beforeAll(async () => {
    daemon = await startLibvirtd();
    hypervisors = libvirtHypervisors();
    subscribe('node-libvirt:call', note);
  }, 60_000);
  afterAll(async () => {
    unsubscribe('node-libvirt:call', note);
    await hypervisors?.close();
    await daemon?.stop();
  });

  it('reach the host while it admits them', async () => {
    sent = [];
    expect(await at(guard()).machines.listMachines()).toMatchObject([{ name: 'test', identity: null }]);
    expect(sent).toContain('CONNECT_LIST_ALL_DOMAINS');
  });

  it('never leave when it does not (SPEC-OP-2)', async () => {
    sent = [];
    const refused = at(guard({ admit: async () => lost() }));
    await expect(refused.machines.listMachines()).rejects.toMatchObject({ code: 'lease_lost' });
    await expect(refused.files.readFile('x')).rejects.toMatchObject({ code: 'lease_lost' });
    expect(sent).toEqual([]);
  });

  it('never leave when the lease was lost between the question and the sending (SPEC-OP-2)', async () => {
    sent = [];
    const late = at(guard({ insist: lost }));
    await expect(late.machines.listMachines()).rejects.toMatchObject({ code: 'lease_lost' });
    expect(sent).toEqual([]);
  });

  describe('to a host that does not answer', () => {
    beforeAll(() => daemon.freeze());
    afterAll(() => daemon.thaw());

    it('are over before the lease is, whatever deadline they were given (SPEC-OP-2)', async () => {
      const short = at(guard({ admit: async () => 300 }));
      await expect(short.machines.listMachines({ deadlineMs: 600_000 })).rejects.toMatchObject({
        code: 'deadline',
        message: expect.stringContaining('within 300 ms'),
      });
    }, 20_000);

    it('are not waited for when the lease is lost', async () => {
      const losing = new AbortController();
      const waiting = at(guard({ signal: losing.signal })).machines.listMachines();
      await sleep(100);
      losing.abort(new AppError('lease_lost', 'It is no longer ours.'));
      await expect(waiting).rejects.toMatchObject({ code: 'lease_lost' });
    }, 20_000);
  });
});
