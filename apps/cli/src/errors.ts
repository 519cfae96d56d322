import { EXIT, exitCodeOf, type ExitCode } from './exit-codes.js';

/** Ends the program with a sentence, what helps, and an exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';

  /** @param hints lines below the sentence: what to do */
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    readonly hints: readonly string[] = [],
  ) {
    super(message);
  }
}

export const usageError = (message: string, hints: readonly string[] = []): CliError =>
  new CliError(EXIT.usage, message, hints);

/** The API did not answer, or something else did in its place. */
export class UnreachableError extends CliError {
  constructor(message: string, hints: readonly string[] = []) {
    super(EXIT.unreachable, message, hints);
  }
}

export type FieldProblem = { readonly path: string; readonly message: string };

/** The members of RFC 9457 and ours that people are shown (docs/errors.md). */
export type Problem = {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly advice: string;
  readonly errors?: readonly FieldProblem[];
  readonly requestId?: string;
};

/** The API refused. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly problem: Problem,
    /** Where each wrong field stands, for a request that was made from a file: `web.yaml:7:3`. */
    readonly placeOf: (path: string) => string | undefined = () => undefined,
  ) {
    super(problem.detail);
  }

  get exitCode(): ExitCode {
    return exitCodeOf(this.problem);
  }
}

/** Ctrl-C. @param hints how to go on */
export class Interrupted extends CliError {
  constructor(hints: readonly string[] = []) {
    super(EXIT.interrupted, 'Interrupted.', hints);
  }
}
