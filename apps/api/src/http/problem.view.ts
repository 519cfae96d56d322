import { ERROR_CODES } from '@diecast/model';
import type { Problem } from '@diecast/platform';
import { AnyShown, ChoiceShown, ObjectShown, TextShown, UuidShown, WholeShown } from './shown.js';

export class FieldErrorView {
  @TextShown('Which field of the request.', { example: 'machine.memoryMiB' })
  readonly path!: string;

  @TextShown('What it must be.', { example: 'must be a whole number of MiB from 32 to 4194304' })
  readonly message!: string;
}

/** RFC 9457. */
export class ProblemView implements Problem {
  @TextShown('Names the kind of problem.', { example: 'urn:diecast:problem:invalid' })
  readonly type!: string;

  @TextShown('The kind of problem, in words.', { example: 'Invalid' })
  readonly title!: string;

  @WholeShown('Status of the answer.', { example: 400 })
  readonly status!: number;

  @TextShown('What was wrong with this request, and what would be right.')
  readonly detail!: string;

  @ChoiceShown('Stable: branch on it.', Object.keys(ERROR_CODES), { example: 'invalid' })
  readonly code!: Problem['code'];

  @TextShown('Path of the request.', { example: '/v1/services/web' })
  readonly instance!: string;

  @TextShown('What to do about it.', { example: ERROR_CODES.invalid.advice })
  readonly advice!: string;

  @ObjectShown('Every wrong field.', () => FieldErrorView, { isArray: true, required: false })
  readonly errors?: readonly FieldErrorView[];

  @AnyShown('Facts for machines, such as the reason against every host.', { required: false })
  readonly details?: Readonly<Record<string, unknown>>;

  @UuidShown('Finds the request in the log.')
  readonly requestId!: string;
}
