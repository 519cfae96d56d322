import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FakeQmp, type FakePeer } from '../../../test/harness/fake-qmp.js';
import { collectGarbage, heapBytes } from '../../../test/harness/heap.js';
import { hostileTalk, piecesOf, TIGHT_LIMITS, type HostileTalk } from '../../../test/harness/hostile-qmp.js';
import { QmpClient } from './client.js';
import type { MonitorPassthrough } from './doors/passthrough.js';
import { QmpError, QmpEventsLostError, QmpTimeoutError, QmpTransportError } from './errors.js';
import type { QmpLimits } from './limits.js';

/** Connections of the fuzz test; each carries eight hostile lines on average. */
const RUNS = Number(process.env['QMP_FUZZ_RUNS'] ?? 300);
const PATIENCE_MS = 30_000 + RUNS * 50;
const GROWTH_BYTES = 16 * 1024 * 1024;
const COMMANDS = 5;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the client of a hostile server', () => {
  let server: FakeQmp;
  let lines = 0;
  let grown = 0;

  beforeAll(async () => {
    server = await FakeQmp.listen();
  });
  afterAll(async () => {
    await server.close();
    if ('QMP_FUZZ_RUNS' in process.env)
      process.stdout.write(`${lines} hostile lines, the heap grew by ${grown} bytes\n`);
  });

  async function connected(limits: Partial<QmpLimits>, deadlineMs = 10_000): Promise<[QmpClient, FakePeer]> {
    const arriving = server.connection();
    const connecting = QmpClient.connect({ path: server.path }, { limits, deadlineMs });
    const peer = await arriving;
    await peer.greet();
    return [await connecting, peer];
  }
  async function talk(peer: FakePeer, hostile: HostileTalk): Promise<void> {
    lines += hostile.lines.length;
    for (const piece of piecesOf(hostile)) {
      peer.send(piece);
      await turn();
    }
  }

  async function surviveTalk(hostile: HostileTalk): Promise<void> {
    const [client, peer] = await connected(TIGHT_LIMITS);
    const events = await client.events();
    const commands = Array.from({ length: COMMANDS }, (_, index) => client.execute(`c${index}`));
    const results = Promise.allSettled(commands);
    const seen = await Promise.all(commands.map(() => peer.nextCommand()));
    await talk(peer, hostile);
    if (hostile.finished) for (const { id } of seen) peer.say({ return: { to: id }, id });
    peer.socket.end();
    for (const [index, result] of (await results).entries()) {
      if (result.status === 'fulfilled') expect(result.value).toEqual({ to: seen[index]?.id });
      else expect(result.reason).toBeInstanceOf(QmpTransportError);
      expect(result.status).toBe(survives(hostile) ? 'fulfilled' : 'rejected');
    }
    await expect(readAll(events)).rejects.toBeInstanceOf(QmpTransportError);
    client.close();
  }

  /** A server that says nothing wrong, and answers, is as good as any. */
  function survives({ lines: told, finished }: HostileTalk): boolean {
    return finished && !told.some((line) => line.fatal);
  }

  async function readAll(events: AsyncIterable<unknown>): Promise<void> {
    for await (const event of events)
      expect(event).toEqual({
        name: expect.any(String),
        data: expect.any(Object),
        timestamp: { seconds: expect.any(Number), microseconds: expect.any(Number) },
        atMs: expect.any(Number),
      });
  }

  it(
    'answers its callers rightly or with an error of its own, whatever comes and however it is cut (SPEC-QMP-2)',
    async () => {
      await surviveTalk({ lines: [], cuts: [], finished: true });
      const warm = Math.ceil(RUNS / 4);
      await fc.assert(fc.asyncProperty(hostileTalk, surviveTalk), { numRuns: warm });
      const before = heapBytes();
      await fc.assert(fc.asyncProperty(hostileTalk, surviveTalk), { numRuns: RUNS - warm });
      while (server.open > 0) await turn();
      grown = heapBytes() - before;
      expect(grown).toBeLessThan(GROWTH_BYTES);
    },
    PATIENCE_MS,
  );

  it(
    'never takes a server for QEMU that does not begin as QEMU does',
    async () => {
      const survive = async (hostile: HostileTalk): Promise<void> => {
        server.onConnection = (peer) => void talk(peer, hostile).then(() => peer.socket.end());
        const connecting = QmpClient.connect({ path: server.path }, { limits: TIGHT_LIMITS });
        await expect(connecting).rejects.toBeInstanceOf(QmpTransportError);
      };
      await fc.assert(fc.asyncProperty(hostileTalk, survive), { numRuns: Math.ceil(RUNS / 4) });
      while (server.open > 0) await turn();
    },
    PATIENCE_MS,
  );

  it(
    'takes no more from a passthrough than from a socket',
    async () => {
      const survive = async (hostile: HostileTalk): Promise<void> => {
        lines += hostile.lines.length;
        const client = await QmpClient.overPassthrough(passthroughOf(hostile), { limits: TIGHT_LIMITS });
        const events = await client.events();
        for (const _ of hostile.lines)
          await client.execute('x').catch((error: unknown) => {
            expect([QmpError, QmpTransportError]).toContain((error as Error).constructor);
          });
        await expect(readAll(events)).rejects.toBeInstanceOf(QmpTransportError);
        client.close();
      };
      await fc.assert(fc.asyncProperty(hostileTalk, survive), { numRuns: Math.ceil(RUNS / 4) });
    },
    PATIENCE_MS,
  );

  it('keeps its deadlines while a server only floods it (SPEC-QMP-2)', async () => {
    const [client, peer] = await connected({});
    const event = Buffer.from(
      '{"event": "E", "timestamp": {"seconds": 1, "microseconds": 1}}\r\n'.repeat(200),
    );
    const enough = new AbortController();
    const flood = async (): Promise<void> => {
      while (!enough.signal.aborted) {
        peer.send(event);
        await turn();
      }
    };
    const flooded = flood();
    try {
      const asked = client.execute('query-status', {}, { deadlineMs: 50 });
      await expect(asked).rejects.toBeInstanceOf(QmpTimeoutError);
    } finally {
      enough.abort();
      await flooded;
      client.close();
    }
  });

  it('lets a slow reader of events lose them, and nobody else anything', async () => {
    const [client, peer] = await connected({ maxQueuedEvents: 100 });
    const slow = await client.events();
    const asked = client.execute('query-status');
    const { id } = await peer.nextCommand();
    const timestamp = { seconds: 1, microseconds: 1 };
    for (let index = 0; index < 5000; index += 1) peer.say({ event: 'E', data: { index }, timestamp });
    peer.say({ return: 1, id });
    expect(await asked).toBe(1);
    await expect(readAll(slow)).rejects.toEqual(new QmpEventsLostError(100));
    client.close();
  });

  it('holds no more of a line without an end than it may (SPEC-QMP-2)', async () => {
    const [client, peer] = await connected({ maxLineBytes: 1024 * 1024 });
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    const piece = Buffer.alloc(64 * 1024, 'x');
    let most = 0;
    for (let sent = 0; sent < 64 * 1024 * 1024 && !client.closed.aborted; sent += piece.length) {
      peer.send(piece);
      await turn();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(client.closed.reason).toMatchObject({ failure: 'limit' });
    expect(most).toBeLessThan(GROWTH_BYTES);
  });
});

/** A passthrough that answers, and tells as data of events, one line of the talk after the other. */
function passthroughOf({ lines }: HostileTalk): MonitorPassthrough {
  const left = lines.map((line) => line.bytes.toString('latin1'));
  return {
    command: async (json) =>
      json.includes('query-version')
        ? '{"return": {"qemu": {"major": 7, "minor": 2, "micro": 22}, "package": ""}}'
        : (left.shift() ?? ''),
    async events() {
      return (async function* () {
        for (const details of lines.map((line) => line.bytes.toString('latin1')))
          yield { event: 'E', seconds: 1, micros: 1, details };
      })();
    },
  };
}
