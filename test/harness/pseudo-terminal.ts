import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { until } from './until.js';

export type Terminal = {
  /** What was shown since the last `forget`, without the control sequences and the bells. */
  shown(): string;
  forget(): void;
  type(keys: string): void;
  untilShown(pattern: RegExp): Promise<void>;
  /** Its exit code, once it has ended by itself. */
  readonly end: Promise<number>;
  close(): Promise<void>;
};

/** A command at a terminal of its own, by script(1). */
export function openTerminal(command: string, env: Readonly<Record<string, string>>, cwd: string): Terminal {
  const child = spawn('script', ['-qfec', command, '/dev/null'], { cwd, env: { TERM: 'xterm', ...env } });
  let text = '';
  const shown = (): string => stripVTControlCharacters(text).replaceAll('\u0007', '');
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  child.stdin.on('error', () => undefined);
  const end = once(child, 'close').then(([code]: (number | null)[]) => code ?? -1);
  return {
    shown,
    forget: () => void (text = ''),
    type: (keys) => void child.stdin.write(keys),
    async untilShown(pattern) {
      await until(() => (pattern.test(shown()) ? true : undefined), { withinMs: 20_000 }).catch(() => {
        throw new Error(`${pattern} was never shown, but:\n${shown()}`);
      });
    },
    end,
    async close() {
      // With its end the terminal is gone, and so is what ran at it; it waits for that on any other signal.
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await end;
    },
  };
}
