import { describe, expect, it } from '@jest/globals';
import { FakeQmp, type FakePeer } from '../../../test/harness/fake-qmp.js';
import { QmpClient } from './client.js';

const failing = (failure: string): unknown => expect.objectContaining({ name: 'QmpTransportError', failure });

/** Runs `work` with a client of a server that answers every `query-jobs` with the next of these. */
async function withJobs(
  answers: readonly unknown[],
  work: (client: QmpClient, peer: FakePeer) => Promise<void>,
): Promise<void> {
  const server = await FakeQmp.listen();
  const left = [...answers];
  try {
    const arriving = server.connection();
    const connecting = QmpClient.connect({ path: server.path });
    const peer = await arriving;
    await peer.greet();
    const client = await connecting;
    const serve = async (): Promise<never> => {
      for (;;) {
        const { id } = await peer.nextCommand();
        peer.say({ return: left.length > 1 ? left.shift() : left[0], id });
      }
    };
    void serve();
    await work(client, peer);
    client.close();
  } finally {
    await server.close();
  }
}

const job = (status: string, error?: string): object => ({ id: 'j', type: 'create', status, error });
const RARELY = { lookEveryMs: 3_600_000 };

describe('waiting for a job', () => {
  it('looks again when an event tells of a change, and believes what it sees', async () => {
    await withJobs(
      [[job('running')], [job('running')], [job('concluded', 'disk full')]],
      async (client, peer) => {
        const waiting = client.jobs.wait('j', RARELY);
        const timestamp = { seconds: 1, microseconds: 0 };
        const tell = setInterval(() => peer.say({ event: 'JOB_STATUS_CHANGE', data: {}, timestamp }), 1);
        try {
          expect(await waiting).toMatchObject({ status: 'concluded', error: 'disk full' });
        } finally {
          clearInterval(tell);
        }
      },
    );
  });

  it('looks again by itself when no event comes', async () => {
    await withJobs([[job('running')], [job('ready')]], async (client) => {
      expect(await client.jobs.wait('j', { until: ['ready'], lookEveryMs: 1 })).toMatchObject({
        status: 'ready',
      });
    });
  });

  it('says when the job is gone', async () => {
    await withJobs([[job('running')], []], async (client) => {
      await expect(client.jobs.wait('j', { lookEveryMs: 1 })).rejects.toMatchObject({
        name: 'QmpJobError',
        reason: 'gone',
      });
    });
  });

  it('ends with the signal', async () => {
    await withJobs([[job('running')]], async (client) => {
      const stop = new AbortController();
      const waiting = client.jobs.wait('j', { ...RARELY, signal: stop.signal });
      stop.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
    });
  });

  it('ends with the connection', async () => {
    await withJobs([[job('running')]], async (client, peer) => {
      const waiting = client.jobs.wait('j', RARELY);
      peer.socket.destroy();
      await expect(waiting).rejects.toEqual(failing('closed'));
    });
  });

  it('refuses a list of jobs that is none', async () => {
    for (const none of [{ j: 1 }, 'jobs', [null], [job('running'), 7]])
      await withJobs([none], async (client) => {
        await expect(client.jobs.wait('j')).rejects.toEqual(failing('protocol'));
      });
  });
});
