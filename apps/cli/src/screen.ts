import type { Context } from './context.js';

/** What people see on standard error while something goes on. */
export type Screen = {
  /** Whether lines can be overwritten. */
  readonly isLive: boolean;
  /** Lines in the place of those shown before; only when it is live. */
  show(lines: readonly string[]): void;
  /** A line that stays. */
  say(line: string): void;
  /** Keeps what is shown. */
  leave(): void;
};

const up = (lines: number): string => (lines === 0 ? '' : `\u001B[${lines}A`);
const CLEAR_BELOW = '\u001B[0J';

export function openScreen({ stderr }: Pick<Context, 'stderr'>): Screen {
  let shown: readonly string[] = [];
  const isLive = stderr.isTTY === true;
  const draw = (lines: readonly string[], kept = ''): void => {
    const width = Math.max(20, (stderr.columns || 80) - 1);
    // A line that wraps would be counted as one and never overwritten.
    const cut = lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
    stderr.write(`${up(shown.length)}\r${CLEAR_BELOW}${kept}${cut.map((line) => `${line}\n`).join('')}`);
    shown = cut;
  };
  return {
    isLive,
    show: (lines) => {
      if (isLive) draw(lines);
    },
    say: (line) => {
      if (isLive) draw(shown, `${line}\n`);
      else stderr.write(`${line}\n`);
    },
    leave: () => {
      shown = [];
    },
  };
}
