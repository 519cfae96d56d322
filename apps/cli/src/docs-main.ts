import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { renderCliPage } from './cli-page.js';
import { buildProgram } from './program.js';

/** Writes docs/cli.md; a test holds it against the commands. Run it in the root of the repository. */
const { env, stdin, stdout, stderr } = process;
const context = { env, stdin, stdout, stderr, signal: new AbortController().signal };
writeFileSync(join('docs', 'cli.md'), renderCliPage(buildProgram(context, () => undefined)));
process.stdout.write('docs/cli.md\n');
