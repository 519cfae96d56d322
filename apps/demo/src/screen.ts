import type { Progress } from '@diecast/model';

export type StepReport = {
  readonly name: string;
  readonly seconds: number;
  readonly ok: boolean;
  readonly note: string;
};

const BAR = 24;
const bar = (percent: number): string => {
  const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * BAR);
  return `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
};

/** What a person sees: one line a step that fills while it runs. Everything goes to stderr; stdout is for the result. */
export class Screen {
  private readonly live = process.stderr.isTTY;
  readonly steps: StepReport[] = [];
  /** Name of the step that runs now. */
  current = '';

  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  async step<T>(
    name: string,
    work: (onProgress: (progress: Progress) => void) => Promise<T>,
    note: (result: T) => string = () => '',
  ): Promise<T> {
    this.current = name;
    const startedAt = performance.now();
    const seconds = (): number => Math.round(performance.now() - startedAt) / 1000;
    let last: Progress = { percent: 0, message: '' };
    const draw = (): void => {
      if (!this.live) return;
      const text = `  ${bar(last.percent)} ${name}  ${seconds().toFixed(1)} s  ${last.message}`;
      process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns ?? 120) - 1)}`);
    };
    const timer = setInterval(draw, 200);
    try {
      const result = await work((progress) => {
        last = progress;
        draw();
      });
      this.end({ name, seconds: seconds(), ok: true, note: note(result) });
      return result;
    } catch (error) {
      this.end({
        name,
        seconds: seconds(),
        ok: false,
        note: error instanceof Error ? error.message : String(error),
      });
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  table(facts: readonly (readonly [string, string])[]): void {
    const width = Math.max(
      ...this.steps.map((step) => step.name.length),
      ...facts.map(([name]) => name.length),
    );
    const line = '─'.repeat(width + 40);
    this.say(`\n${line}`);
    for (const step of this.steps) {
      this.say(
        `${step.ok ? '✓' : '✗'} ${step.name.padEnd(width)}  ${step.seconds.toFixed(1).padStart(6)} s  ${step.note}`,
      );
    }
    this.say(line);
    for (const [name, value] of facts) this.say(`  ${name.padEnd(width)}  ${value}`);
    this.say(line);
  }

  private end(report: StepReport): void {
    this.steps.push(report);
    if (this.live) process.stderr.write('\r\u001b[2K');
    this.say(`${report.ok ? '✓' : '✗'} ${report.name}  ${report.seconds.toFixed(1)} s  ${report.note}`);
  }
}
