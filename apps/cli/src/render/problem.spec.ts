import { CommanderError } from 'commander';
import { expect, it } from '@jest/globals';
import { ERROR_CODES } from '@diecast/model';
import { CliError, Interrupted, ProblemError, type Problem } from '../errors.js';
import { exitCodeOf } from '../exit-codes.js';
import { endingOf } from './problem.js';

const problem = (more: Partial<Problem> = {}): Problem => ({
  status: 400,
  code: 'invalid',
  detail: 'The request is wrong.',
  advice: 'Correct the fields named in "errors".',
  ...more,
});

it('says the sentence, every wrong field and the advice', () => {
  const errors = [
    { path: 'machine.vcpus', message: 'must be more' },
    { path: 'network', message: 'is missing' },
  ];
  expect(endingOf(new ProblemError(problem({ errors })))).toEqual({
    exitCode: 2,
    lines: [
      'diecast: The request is wrong.',
      '  machine.vcpus must be more',
      '  network is missing',
      '  Correct the fields named in "errors".',
    ],
  });
});

it('puts a field that stands in a file first, as compilers do', () => {
  const errors = [{ path: 'machine.vcpus', message: 'must be more' }];
  const { lines } = endingOf(new ProblemError(problem({ errors }), () => 'web.yaml:7:3'));
  expect(lines[0]).toBe('web.yaml:7:3: machine.vcpus must be more');
  expect(lines.join('\n').match(/must be more/g)).toHaveLength(1);
});

it('gives the request id of a defect alone', () => {
  const requestId = 'r-1';
  const defect = endingOf(new ProblemError(problem({ status: 500, code: 'internal', requestId })));
  expect(defect).toMatchObject({ exitCode: 1, lines: expect.arrayContaining(['  Request id: r-1.']) });
  expect(endingOf(new ProblemError(problem({ requestId }))).lines.join()).not.toContain('r-1');
});

it('never shows a stack (SPEC-CLI-1)', () => {
  const { exitCode, lines } = endingOf(new RangeError('beyond'));
  expect([exitCode, lines]).toEqual([1, ['diecast: this is a defect of the command: beyond']]);
});

it('says nothing more where the parser has spoken', () => {
  expect(endingOf(new CommanderError(1, 'commander.unknownOption', 'x'))).toEqual({ exitCode: 2, lines: [] });
  expect(endingOf(new CommanderError(0, 'commander.helpDisplayed', 'x'))).toEqual({ exitCode: 0, lines: [] });
});

it('says what helps', () => {
  expect(endingOf(new CliError(3, 'None.', ['Look.']))).toEqual({
    exitCode: 3,
    lines: ['diecast: None.', '  Look.'],
  });
  expect(endingOf(new Interrupted()).exitCode).toBe(130);
});

it('has one exit code for every error of the API (SPEC-CLI-1)', () => {
  const codes = Object.entries(ERROR_CODES).map(([code, { http }]) => [
    code,
    exitCodeOf({ code, status: http }),
  ]);
  expect(Object.fromEntries(codes)).toMatchObject({
    ...{ invalid: 2, malformed: 2, too_large: 2, not_found: 3, unauthenticated: 4, forbidden: 4 },
    ...{ conflict: 5, busy: 5, in_use: 5, already_exists: 5, image_unproven: 5, no_capacity: 5 },
    ...{ unavailable: 6, internal: 1, unsupported: 1, host_unreachable: 1 },
  });
});
