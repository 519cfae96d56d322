import { CommanderError } from 'commander';
import { CliError, ProblemError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';

export type Ending = { readonly exitCode: ExitCode; readonly lines: readonly string[] };

/** How the program ends after an error, and what it says about it: never a stack. */
export function endingOf(error: unknown): Ending {
  // It has said so itself, or shown the help that was asked for.
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? EXIT.ok : EXIT.usage, lines: [] };
  if (error instanceof ProblemError) return { exitCode: error.exitCode, lines: problemLines(error) };
  if (error instanceof CliError)
    return { exitCode: error.exitCode, lines: [`diecast: ${error.message}`, ...indent(error.hints)] };
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: EXIT.failed, lines: [`diecast: this is a defect of the command: ${message}`] };
}

function problemLines({ problem, placeOf }: ProblemError): readonly string[] {
  const { detail, advice, errors = [], status, requestId } = problem;
  const fields = errors.map(({ path, message }) => ({ text: `${path} ${message}`, place: placeOf(path) }));
  const placed = fields.flatMap(({ text, place }) => (place === undefined ? [] : [`${place}: ${text}`]));
  const others = fields.flatMap(({ text, place }) => (place === undefined ? [text] : []));
  const trace = status >= 500 && requestId !== undefined ? [`Request id: ${requestId}.`] : [];
  return [...placed, `diecast: ${detail}`, ...indent([...others, advice, ...trace])];
}

const indent = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line !== '').map((line) => `  ${line}`);
