import { getSchemaPath } from '@nestjs/swagger';
import { AppError, ERROR_CODES, type ErrorCode, type FieldError } from '@diecast/model';
import { PROBLEM_TYPE, problemOf } from '@diecast/platform';
import { ProblemView } from './problem.view.js';

const FIELDS: Partial<Record<ErrorCode, readonly FieldError[]>> = {
  invalid: [{ path: 'machine.memoryMiB', message: 'must be a whole number of MiB from 32 to 4194304' }],
};

const sampleOf = (code: ErrorCode) =>
  problemOf(new AppError(code, 'A sentence about this very request.', { errors: FIELDS[code] ?? [] }), {
    instance: '/v1/…',
    requestId: '0197c3f0-5a1e-7cc2-9d6b-3a1f0e6f2b11',
  });

/** How the documentation tells of errors: one answer for what the client can change, one for what it cannot. */
export function problemResponses(codes: readonly ErrorCode[]): Readonly<Record<string, object>> {
  const byClass = Map.groupBy(codes, (code) => `${Math.floor(ERROR_CODES[code].http / 100)}XX`);
  return Object.fromEntries(
    [...byClass].map(([name, same]) => [
      name,
      {
        description: same
          .map((code) => `\`${ERROR_CODES[code].http} ${code}\`: ${ERROR_CODES[code].advice}`)
          .join('\n\n'),
        content: {
          [PROBLEM_TYPE]: {
            schema: { $ref: getSchemaPath(ProblemView) },
            examples: Object.fromEntries(
              same.map((code) => [code, { summary: code, value: sampleOf(code) }]),
            ),
          },
        },
      },
    ]),
  );
}
