/**
 * Clients in a process of their own: `load.ts URL PER_SECOND`. Open loop, half over kept connections and half over new ones,
 * a third of them POSTs. A line on stdin is answered by a line of JSON (Sight); the end of stdin ends it.
 */
import { Agent } from 'node:http';
import { createInterface } from 'node:readline';
import { ask } from '../harness/http-load.js';

export type Failure = { readonly startedAt: number; readonly endedAt: number; readonly reason: string };
export type Sight = {
  readonly requests: number;
  readonly failures: readonly Failure[];
  /** When the newest request was sent that an iteration has answered, ms since 1970. */
  readonly lastSent: Readonly<Record<string, number>>;
  readonly answered: Readonly<Record<string, number>>;
};

const [url = '', perSecond = '50'] = process.argv.slice(2);
const kept = new Agent({ keepAlive: true, maxSockets: 8 });
const fresh = new Agent({ keepAlive: false });
const failures: Failure[] = [];
const lastSent: Record<string, number> = {};
const answered: Record<string, number> = {};
const underway = new Set<Promise<void>>();
let requests = 0;

async function once(number: number): Promise<void> {
  const startedAt = Date.now();
  try {
    const { status, body } = await ask(
      url,
      number % 3 === 0 ? 'POST' : 'GET',
      number % 2 === 0 ? kept : fresh,
    );
    if (status !== 200) throw new Error(`HTTP ${status}`);
    const { iteration } = JSON.parse(body) as { readonly iteration: string | number };
    const by = String(iteration);
    lastSent[by] = Math.max(lastSent[by] ?? 0, startedAt);
    answered[by] = (answered[by] ?? 0) + 1;
  } catch (error) {
    failures.push({ startedAt, endedAt: Date.now(), reason: String(error) });
  }
}

const timer = setInterval(
  () => {
    requests += 1;
    const asked = once(requests).finally(() => underway.delete(asked));
    underway.add(asked);
  },
  1000 / Number(perSecond),
);

const tell = (): void =>
  void process.stdout.write(
    `${JSON.stringify({ requests, failures, lastSent, answered } satisfies Sight)}\n`,
  );
for await (const _ of createInterface({ input: process.stdin })) tell();
clearInterval(timer);
await Promise.all(underway);
tell();
kept.destroy();
