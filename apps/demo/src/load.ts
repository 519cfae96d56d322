import { Agent, get, type RequestOptions } from 'node:http';

export type LoadReport = {
  readonly requests: number;
  readonly failed: number;
  /** The longest that one client waited for an answer, and what was being done when it asked. */
  readonly longestMs: number;
  readonly longestDuring: string;
  readonly failures: readonly string[];
};

type Answer = { readonly status: number; readonly body: string };

/** One GET; rejects on anything but an answer. */
export function fetchOnce(url: string, options: RequestOptions = {}, timeoutMs = 15_000): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
      response.on('error', reject);
    });
    request.setTimeout(timeoutMs, () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', reject);
  });
}

/**
 * A client that never stops asking: half of its requests over kept connections, half over new ones. Open loop: a slow
 * answer does not slow the asking down.
 */
export class Load {
  private readonly kept = new Agent({ keepAlive: true, maxSockets: 4 });
  private readonly fresh = new Agent({ keepAlive: false });
  private readonly underway = new Set<Promise<void>>();
  private readonly failures: string[] = [];
  private requests = 0;
  private failed = 0;
  private longestMs = 0;
  private longestDuring = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly perSecond: number,
    private readonly whatIsDone: () => string,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => this.ask(), 1000 / this.perSecond);
  }

  get report(): LoadReport {
    return {
      requests: this.requests,
      failed: this.failed,
      longestMs: Math.round(this.longestMs),
      longestDuring: this.longestDuring,
      failures: this.failures,
    };
  }

  /** Stops asking and waits for the answers still to come. */
  async stop(): Promise<LoadReport> {
    clearInterval(this.timer);
    this.timer = undefined;
    await Promise.all(this.underway);
    this.kept.destroy();
    return this.report;
  }

  private ask(): void {
    this.requests += 1;
    const agent = this.requests % 2 === 0 ? this.kept : this.fresh;
    const startedAt = performance.now();
    const during = this.whatIsDone();
    const asked = fetchOnce(this.url, { agent })
      .then((answer) => {
        if (answer.status !== 200) this.fail(`HTTP ${answer.status}`);
      })
      .catch((error: unknown) => this.fail(String(error)))
      .finally(() => {
        this.noteWait(performance.now() - startedAt, during);
        this.underway.delete(asked);
      });
    this.underway.add(asked);
  }

  private noteWait(milliseconds: number, during: string): void {
    if (milliseconds <= this.longestMs) return;
    this.longestMs = milliseconds;
    this.longestDuring = during;
  }

  private fail(reason: string): void {
    this.failed += 1;
    if (this.failures.length < 20) this.failures.push(`${new Date().toISOString()} ${reason}`);
  }
}
