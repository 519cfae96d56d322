import { Agent, request } from 'node:http';

export type Answer = { readonly status: number; readonly body: string };

/** One request; rejects on anything but an answer. */
export function ask(url: string, method = 'GET', agent?: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const body = method === 'POST' ? 'something to do once' : undefined;
    const asked = request(url, { method, ...(agent === undefined ? {} : { agent }) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

export type HttpLoad = {
  /** How many requests were begun. */
  asked(): number;
  /** Ends it; when the last answer is there: every failure, and the path of every POST. */
  stop(): Promise<{
    readonly failures: readonly string[];
    readonly posts: readonly string[];
  }>;
};

/**
 * Clients that never stop asking, open loop: half over kept connections, half over new ones; a third are POSTs, each with a
 * path of its own; every tenth takes 300 ms to answer.
 */
export function startHttpLoad(url: string, perSecond: number): HttpLoad {
  const kept = new Agent({ keepAlive: true, maxSockets: 8 });
  const fresh = new Agent({ keepAlive: false });
  const failures: string[] = [];
  const posts: string[] = [];
  const underway = new Set<Promise<void>>();
  let asked = 0;

  const once = async (number: number): Promise<void> => {
    const method = number % 3 === 0 ? 'POST' : 'GET';
    const path = `/${number}?ms=${number % 10 === 0 ? 300 : 0}`;
    if (method === 'POST') posts.push(path);
    try {
      const { status } = await ask(url + path, method, number % 2 === 0 ? kept : fresh);
      if (status !== 200) failures.push(`${method} ${path}: HTTP ${status}`);
    } catch (error) {
      failures.push(`${method} ${path}: ${String(error)}`);
    }
  };
  const timer = setInterval(() => {
    asked += 1;
    const answered = once(asked).finally(() => underway.delete(answered));
    underway.add(answered);
  }, 1000 / perSecond);

  return {
    asked: () => asked,
    async stop() {
      clearInterval(timer);
      await Promise.all(underway);
      kept.destroy();
      return { failures, posts };
    },
  };
}
