import type { OperationView } from '../api/views.js';
import { duration, secondsBetween } from './words.js';

const BAR = 24;

/** `[########----------------]  33 %`. @param percent is held to 0 … 100 */
export function bar(percent: number): string {
  const held = Math.min(100, Math.max(0, percent));
  const full = Math.floor((held / 100) * BAR);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR - full)}] ${String(Math.floor(held)).padStart(3)} %`;
}

/** For a terminal, where it is overwritten. */
export const operationBar = ({ kind, progress, status }: OperationView): string =>
  `${bar(progress.percent)}  ${kind}: ${status === 'pending' ? 'waits for its turn' : progress.message}`;

/** For a log; undefined when nobody needs to be told after the last line. */
export function operationLine(
  operation: OperationView,
  before: OperationView | undefined,
): string | undefined {
  const { kind, status, progress } = operation;
  if (status === before?.status && progress.message === before.progress.message) return undefined;
  const what = status === 'pending' ? 'waits for its turn' : progress.message;
  return `${String(Math.floor(progress.percent)).padStart(3)} %  ${kind}: ${what}`;
}

export const isAtRest = ({ status }: OperationView): boolean => status !== 'pending' && status !== 'running';

/** How it ended, and what to do about it. */
export function endLines({
  id,
  kind,
  status,
  error,
  startedAt,
  finishedAt,
}: OperationView): readonly string[] {
  const took = startedAt && finishedAt ? ` after ${duration(secondsBetween(startedAt, finishedAt))}` : '';
  const sentence = `${kind} ${status}${took}${error === null || status === 'succeeded' ? '.' : `: ${error.message}`}`;
  if (status !== 'stuck') return [sentence];
  return [
    sentence,
    `  Put right what it names, then "diecast operation retry ${id}";`,
    `  "diecast operation abandon ${id}" gives it up, and what it left stays.`,
  ];
}

/** On standard output. */
export const operationResult = ({ id, status }: OperationView): string => `operation ${id} ${status}`;
