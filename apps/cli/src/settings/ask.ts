import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Context } from '../context.js';
import { Interrupted } from '../errors.js';

/** What the terminal would otherwise show while somebody types. */
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** @throws Interrupted at Ctrl-C and at the end of the input */
function question({ stdin, stderr, signal }: Context, text: string, echo: boolean): Promise<string> {
  const lines = createInterface({ input: stdin, output: echo ? stderr : nowhere(), terminal: !echo });
  // Who answers at once shall find the terminal silent already.
  stderr.write(text);
  return new Promise<string>((resolve, reject) => {
    const leave = (): void => lines.close();
    signal.addEventListener('abort', leave, { once: true });
    lines.once('SIGINT', leave);
    lines.once('close', () => {
      signal.removeEventListener('abort', leave);
      if (!echo) stderr.write('\n');
      reject(new Interrupted());
    });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
  });
}

/** Of a person at a terminal, without showing it. */
export const askSecret = async (context: Context, text: string): Promise<string> =>
  (await question(context, text, false)).trim();

/** Only a plain yes is one. */
export const askYes = async (context: Context, text: string): Promise<boolean> =>
  /^(y|yes)$/i.test((await question(context, `${text} [y/N] `, true)).trim());

export async function readAll({ stdin }: Pick<Context, 'stdin'>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
