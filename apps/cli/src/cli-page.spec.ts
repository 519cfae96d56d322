import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from '@jest/globals';
import { renderCliPage } from './cli-page.js';
import { buildProgram } from './program.js';

it('is what docs/cli.md says, with every command and every exit code (SPEC-CLI-1)', () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const context = { env: {}, stdin, stdout, stderr, signal: new AbortController().signal };
  const page = renderCliPage(buildProgram(context, () => undefined));
  expect(readFileSync(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8')).toBe(page);
  for (const command of [
    'login',
    'apply',
    'get',
    'rollout watch',
    'rollback',
    'delete host',
    'operation retry',
  ])
    expect(page).toContain(`\n## diecast ${command}\n`);
  expect(page).toMatch(/^ {2}130 +interrupted/m);
});
