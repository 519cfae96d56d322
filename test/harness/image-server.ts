import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type ImageServer = {
  /** Without a slash at its end. */
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  /** Answers for this path instead of the file. */
  answer(path: string, respond: (response: ServerResponse) => void): void;
  close(): Promise<void>;
};

/** The files of a folder over http, and whatever a bad server might do. */
export async function serveFiles(root: string, address = '127.0.0.1'): Promise<ImageServer> {
  const asked: string[] = [];
  const answers = new Map<string, (response: ServerResponse) => void>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(path);
    const special = answers.get(path);
    if (special !== undefined) return special(response);
    const file = join(root, path);
    stat(file).then(
      ({ size }) => {
        response.writeHead(200, { 'content-length': size });
        createReadStream(file).pipe(response);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address}:${port}`,
    asked,
    answer: (path, respond) => void answers.set(path, respond),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * An address that the Internet's registries would call public, on the loopback interface of this machine: what goes to it goes
 * nowhere else. Needs root.
 */
export async function borrowPublicAddress(): Promise<{ readonly address: string; close(): Promise<void> }> {
  const address = `11.77.${(process.pid >> 8) & 255}.${(process.pid & 127) + 1}`;
  await run('ip', ['address', 'add', `${address}/32`, 'dev', 'lo']);
  return {
    address,
    close: async () => void (await run('ip', ['address', 'del', `${address}/32`, 'dev', 'lo'])),
  };
}
