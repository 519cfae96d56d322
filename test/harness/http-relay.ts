import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type HttpRelay = {
  readonly url: string;
  /** What came through, in order. */
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingMessage['headers'];
  }[];
  /** The next so many answers never leave: the server has done its work, and the client does not know. */
  loseAnswers(count: number): void;
  /** Breaks every connection, and takes no other until `open`. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
};

/** Stands before an API as a network does that fails at the worst moment. */
export async function openRelay(target: string): Promise<HttpRelay> {
  const requests: HttpRelay['requests'][number][] = [];
  let losing = 0;
  let isShut = false;
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    if (isShut) return void incoming.socket.destroy();
    requests.push({ method, path: url, headers });
    const forward = request(`${target}${url}`, { method, headers }, (answer) => {
      if (losing > 0) {
        losing -= 1;
        answer.resume().once('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    forward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => forward.destroy());
    incoming.pipe(forward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    loseAnswers: (count) => void (losing = count),
    shut: () => {
      isShut = true;
      server.closeAllConnections();
    },
    open: () => void (isShut = false),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
