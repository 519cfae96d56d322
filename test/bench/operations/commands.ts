/** What the workers of `npm run bench -- operations` are told, one JSON object a line (peer-process.ts). */
export type WorkerCommand =
  /** Takes part from here on. */
  | { readonly do: 'work' }
  | { readonly do: 'rest' }
  /** Answers with what began since it was last asked. */
  | { readonly do: 'tell' };

/** An operation or a job, and when its first step, or itself, began. */
export type Beginning = { readonly id: string; readonly at: number };

/** Milliseconds of a clock that all processes of a machine share (CLOCK_MONOTONIC). */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;
