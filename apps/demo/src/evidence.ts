import { appendFile, copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from './client.js';
import type { Screen } from './screen.js';

const ASKED = [
  '/v1/hosts',
  '/v1/instances?limit=200',
  '/v1/services/web/rollouts?limit=3',
  '/v1/operations?status=pending',
  '/v1/operations?status=running',
  '/v1/operations?status=stuck',
];

/** The lab goes, whatever happened in it: what is needed to understand a failure is kept elsewhere. */
export async function keepEvidence(dir: string, client: Client | undefined, screen: Screen): Promise<void> {
  const kept = join(tmpdir(), `diecast-demo-${process.pid}.log`);
  try {
    await copyFile(join(dir, 'diecast', 'diecast.log'), kept);
  } catch {
    screen.say('Diecast had not written a log yet.');
    return;
  }
  for (const path of client === undefined ? [] : ASKED) {
    const answer = await client?.get(path).catch((error: unknown) => ({ failed: String(error) }));
    await appendFile(kept, `${JSON.stringify({ asked: path, answer })}\n`);
  }
  screen.say(`What Diecast said, and what it had at the end, is kept: ${kept}`);
}
