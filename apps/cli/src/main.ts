#!/usr/bin/env node
import process from 'node:process';
import { complete } from './completion/complete.js';
import { say, type Context } from './context.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { buildProgram } from './program.js';
import { endingOf } from './render/problem.js';

async function main(context: Context, args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  try {
    const program = buildProgram(context, (code) => (exitCode = code));
    // Not by the parser: what stands behind it is a line that somebody has not written to its end.
    if (args[0] === '__complete') await complete(context, program, args.slice(1));
    else await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    const ending = endingOf(error);
    for (const line of ending.lines) say(context, line);
    return ending.exitCode;
  }
}

const interrupted = new AbortController();
// A second Ctrl-C ends the program at once.
process.once('SIGINT', () => interrupted.abort());
// `diecast get … | head` is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { env, stdin, stdout, stderr } = process;
process.exitCode = await main(
  { env, stdin, stdout, stderr, signal: interrupted.signal },
  process.argv.slice(2),
);
