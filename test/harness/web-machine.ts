import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands for a machine's web server, at an address of its own on the loopback network. */
export type WebMachine = {
  readonly address: string;
  /** Requests that reached it, as `METHOD /path`. */
  readonly seen: readonly string[];
  /** It takes requests and closes without an answer, like a machine that dies over them. */
  dieOverRequests(): void;
  /** Gone from one moment to the next, with every connection. */
  end(): Promise<void>;
};

/** `/?ms=N` is answered after N milliseconds, `/?ms=-1` never; `/?status=N` with that status. */
export async function startWebMachine(address: string, port: number): Promise<WebMachine> {
  const seen: string[] = [];
  let dying = false;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    if (dying) {
      request.socket.destroy();
      return;
    }
    const { searchParams: wanted } = new URL(request.url ?? '/', 'http://machine');
    const ms = Number(wanted.get('ms') ?? 0);
    if (ms < 0) return;
    await sleep(ms);
    response.statusCode = Number(wanted.get('status') ?? 200);
    response.end(address);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(port, address);
  await once(server, 'listening');
  return {
    address,
    seen,
    dieOverRequests() {
      dying = true;
    },
    async end() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
