import { PassThrough } from 'node:stream';
import { expect, it } from '@jest/globals';
import { buildProgram } from '../program.js';
import { candidatesFor } from './candidates.js';

const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
const context = { env: {}, stdin, stdout, stderr, signal: new AbortController().signal };
const after = (line: string) =>
  candidatesFor(
    buildProgram(context, () => undefined),
    line.split(' '),
  );

it.each([
  ['', ['login', 'apply', 'get', 'rollout', 'completion']],
  ['rollout ', ['watch', 'show', 'pause', 'resume', 'promote', 'abort']],
  ['operation ', ['watch', 'cancel', 'retry', 'abandon']],
  ['get ', ['hosts', 'rollouts']],
  ['get hosts --', ['--service', '--host', '--output', '--help']],
  ['get hosts -o ', ['json', 'yaml', 'wide']],
  ['drain a --output ', ['json', 'yaml']],
  ['completion ', ['bash', 'zsh']],
])('offers words after "diecast %s"', (line, words) => {
  expect(after(line)).toEqual({ kind: 'words', words: expect.arrayContaining(words) });
});

it.each([
  ['rollout watch ', 'service'],
  ['rollout promote ', 'service'],
  ['rollout show ', 'service'],
  ['rollout abort --no-wait ', 'service'],
  ['rollback --to 3 ', 'service'],
  ['drain --no-wait ', 'host'],
  ['get instances --service ', 'service'],
  ['get instances -o json --host ', 'host'],
  ['get snapshots ', 'snapshot'],
  ['get rollout ', 'rollout'],
  ['migrate web-1-00000000 --to ', 'host'],
  ['restore be', 'snapshot'],
  ['delete image ', 'image'],
  ['operation cancel ', 'operation'],
])('asks for names after "diecast %s"', (line, noun) => {
  expect(after(line)).toEqual({ kind: 'names', noun });
});

it('leaves files to the shell, and offers nothing where nothing fits', () => {
  expect(after('apply -f ')).toEqual({ kind: 'files' });
  for (const line of ['drain a ', 'rollback web --to ', 'snapshot i ', 'get nonsense ', 'nonsense '])
    expect(after(line)).toEqual({ kind: 'words', words: [] });
});
