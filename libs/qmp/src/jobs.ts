import { setTimeout as sleep } from 'node:timers/promises';
import { QmpJobError, QmpTransportError } from './errors.js';
import type { JobInfo, JobStatus } from './gen/types.js';
import { isJsonObject } from './json.js';
import type { CommandOptions, QmpMonitor } from './monitor.js';

export type WaitForJob = {
  /** Statuses to stop at besides `concluded`, e.g. `ready` of a mirror. */
  readonly until?: readonly JobStatus[];
  readonly signal?: AbortSignal;
  /** Milliseconds between two looks when no event tells of a change; default 1,000. */
  readonly lookEveryMs?: number;
};

const LOOK_EVERY_MS = 1_000;

/**
 * Jobs of QEMU (`query-jobs`): they outlive the command that starts them, and stay until they are dismissed. Block jobs dismiss
 * themselves unless they are started with `auto-dismiss: false`, and then nobody learns how they ended.
 */
export class Jobs {
  constructor(private readonly monitor: QmpMonitor) {}

  async list(options: CommandOptions = {}): Promise<readonly JobInfo[]> {
    const jobs: unknown = await this.monitor.execute('query-jobs', {}, options);
    if (!Array.isArray(jobs) || !jobs.every(isJsonObject))
      throw new QmpTransportError('protocol', 'query-jobs did not answer with a list of jobs');
    return jobs as readonly unknown[] as readonly JobInfo[];
  }

  /** Undefined when there is no such job (any more). */
  async find(id: string, options: CommandOptions = {}): Promise<JobInfo | undefined> {
    return (await this.list(options)).find((job) => job.id === id);
  }

  /** Forgets a job that has concluded. @throws QmpError when there is none, or it has not concluded */
  async dismiss(id: string, options: CommandOptions = {}): Promise<void> {
    await this.monitor.execute('job-dismiss', { id }, options);
  }

  /**
   * Waits until the job has concluded, or is in one of `until`. Whether it ended well its `error` tells. Events wake this up; what it
   * believes is `query-jobs`.
   * @throws QmpJobError `gone` when there is no such job (any more)
   */
  async wait(id: string, options: WaitForJob = {}): Promise<JobInfo> {
    const { until = [], signal, lookEveryMs = LOOK_EVERY_MS } = options;
    const abort = signal === undefined ? {} : { signal };
    const changes = await this.monitor.events({ only: ['JOB_STATUS_CHANGE'], ...abort });
    try {
      let change = nextOf(changes);
      for (;;) {
        const job = await this.find(id, abort);
        if (job === undefined) throw new QmpJobError(id, 'gone', `there is no job ${id} (any more)`);
        if (job.status === 'concluded' || until.includes(job.status)) return job;
        if (await settlesWithin(change, lookEveryMs)) {
          await change;
          change = nextOf(changes);
        }
        signal?.throwIfAborted();
      }
    } finally {
      await changes.return?.();
    }
  }

  /**
   * Starts a job, waits until it has concluded and dismisses it, also when it failed. When the signal aborts it goes on in QEMU: `job-cancel`
   * is the caller's.
   * @param start the command that starts the job `id`, with `auto-dismiss: false` where it has that
   * @throws QmpJobError `failed` with what QEMU said
   */
  async run(
    id: string,
    start: () => Promise<unknown>,
    options: Omit<WaitForJob, 'until'> = {},
  ): Promise<void> {
    await start();
    const { error } = await this.wait(id, options);
    await this.dismiss(id);
    if (error !== undefined) throw new QmpJobError(id, 'failed', error);
  }
}

/** The next event; that it fails matters only to who waits for it. */
function nextOf(events: AsyncIterator<unknown>): Promise<unknown> {
  const next = events.next();
  next.catch(() => undefined);
  return next;
}

/** Whether the promise settles within that time. */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  try {
    const settled = promise.then(
      () => true,
      () => true,
    );
    return await Promise.race([settled, sleep(ms, false, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
