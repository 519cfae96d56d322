/**
 * A worker that has one effect after the other, a line in a file, and rests between them. For tests that stop it:
 * it says when it rests. `node --import ./test/harness/typescript.mjs busy-worker.ts DATABASE_URL OPERATION FILE LEASE_MS`
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '@diecast/store';
import { step, toyWorker, work } from './toy-operations.js';

const [databaseUrl = '', id = '', file = '', leaseMs = ''] = process.argv.slice(2);
const store = await openStore({ databaseUrl });
const busy = step('busy', async (_, { checkLease, signal }) => {
  for (;;) {
    await checkLease();
    appendFileSync(file, 'stopped worker\n');
    process.send?.('rests');
    await sleep(400, undefined, { signal });
  }
});
const end = await work(id, toyWorker(store, [busy], { holder: 'stopped', leaseMs: Number(leaseMs) }));
await store.close();
process.send?.(end);
process.disconnect();
