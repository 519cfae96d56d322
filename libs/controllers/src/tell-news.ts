import type { QueueLog } from '@diecast/queue';

/** What is wrong now, by what it is about. */
export type Problems = ReadonlyMap<string, string>;

/** A loop that looks several times a second says a thing when it begins and when it is over, not every time. */
export function tellNews(log: QueueLog, before: Problems, now: Problems): void {
  for (const [about, problem] of now) if (before.get(about) !== problem) log.warn({ about }, problem);
  for (const [about, problem] of before)
    if (!now.has(about)) log.info({ about, problem }, 'It is well again.');
}
