import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore, type Store } from '@diecast/store';
import { startPrivatePostgres, type PrivatePostgres } from '../../harness/postgres.js';
import { insertToy, step, toyWorker, work } from '../../harness/toy-operations.js';
import { until } from '../../harness/until.js';

const harness = join(import.meta.dirname, '..', '..', 'harness');

describe('workers that meet at one operation', () => {
  let postgres: PrivatePostgres;
  let databaseUrl: string;
  let store: Store;
  let folder: string;

  beforeAll(async () => {
    postgres = await startPrivatePostgres();
    databaseUrl = await postgres.createDatabase();
    store = await openStore({ databaseUrl });
    folder = await mkdtemp(join(tmpdir(), 'diecast-takeover-'));
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    await postgres?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const isRunnable = (id: string) => async () =>
    (await store.operations.runnable(10)).includes(id) || undefined;

  it('do nothing more when they were stopped past their lease and go on (SPEC-OP-2)', async () => {
    const { id } = await insertToy(store);
    const file = join(folder, 'effects');
    const stopped: ChildProcess = fork(join(harness, 'busy-worker.ts'), [databaseUrl, id, file, '1000'], {
      execArgv: ['--import', join(harness, 'typescript.mjs')],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    try {
      await once(stopped, 'message');
      stopped.kill('SIGSTOP');
      await until(isRunnable(id));
      const next = step('busy', async () => appendFileSync(file, 'next worker\n'));
      expect(await work(id, toyWorker(store, [next], { holder: 'next' }))).toBe('ended');
      stopped.kill('SIGCONT');
      expect(await endOf(stopped)).toBe('leaseLost');
    } finally {
      stopped.kill('SIGKILL');
    }
    const effects = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(effects.slice(effects.indexOf('next worker'))).toEqual(['next worker']);
    expect(await store.operations.require(id)).toMatchObject({ status: 'succeeded' });
  }, 60_000);

  it('have every effect once when many are given the same job at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await insertToy(store);
      const effects: string[] = [];
      const steps = ['one', 'two', 'three'].map((name) =>
        step(name, async (_, { checkLease }) => {
          await checkLease();
          effects.push(name);
        }),
      );
      const ends = await Promise.all(
        Array.from({ length: 8 }, (_, index) => work(id, toyWorker(store, steps, { holder: `w${index}` }))),
      );
      expect(effects).toEqual(['one', 'two', 'three']);
      expect(ends.toSorted()).toEqual(['ended', ...Array.from({ length: 7 }, () => 'nothing')]);
    }
  });
});

/** How its turn at the operation ended. */
async function endOf(child: ChildProcess): Promise<string> {
  for (;;) {
    const [said] = (await once(child, 'message')) as [string];
    if (said !== 'rests') return said;
  }
}
