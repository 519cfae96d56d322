import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { now } from './commands.js';
import { inFlight, type Load, type Way } from './way.js';

export type Api = { readonly url: string; readonly token: string };

/** Every operation works on a host of its own: none waits for another. */
export const hostName = (index: number): string => `host-${index}`;

/** Operations, asked for over REST. */
export function diecastWay(api: Api, databaseUrl: string): Way & { close(): Promise<void> } {
  const agent = new Agent({ keepAlive: true });
  const database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const drain = (index: number, wait = ''): Promise<{ readonly id: string; readonly status: string }> =>
    post({ agent, api, path: `/v1/hosts/${hostName(index)}/drain${wait}` });
  const untilAllEnded = async (): Promise<void> => {
    const open = `select from operations where status in ('pending', 'running') limit 1`;
    while ((await database.query(open)).rowCount !== 0) await sleep(5);
  };
  return {
    async one() {
      const asked = now();
      const { id, status } = await drain(0, '?wait=30');
      if (status !== 'succeeded') throw new Error(`operation ${id} is ${status}`);
      return { id, asked, done: now() };
    },
    async many({ count, clients }: Load) {
      const asked = now();
      await inFlight(count, clients, (index) => drain(index));
      await untilAllEnded();
      return count / ((now() - asked) / 1000);
    },
    async close() {
      agent.destroy();
      await database.end();
    },
  };
}

type Post = { readonly agent: Agent; readonly api: Api; readonly path: string };

function post<T>({ agent, api, path }: Post): Promise<T> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${api.token}`, 'Content-Length': 0 };
    const asked = request(api.url + path, { method: 'POST', agent, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 300) reject(new Error(`POST ${path}: ${statusCode} ${body}`));
        else resolve(JSON.parse(body) as T);
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
