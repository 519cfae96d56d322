import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { AppError, type FieldError } from '@diecast/model';

/** Strict: what is not declared is refused, and nothing is converted from one type to another. */
export const strictValidation = (): ValidationPipe =>
  new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    exceptionFactory: toInvalid,
  });

const SHOWN = 20;

export function toInvalid(found: readonly ValidationError[]): AppError {
  return invalid(flatten(found, ''));
}

/** @param errors at least one */
export function invalid(errors: readonly FieldError[]): AppError {
  const shown = errors.slice(0, SHOWN);
  const sentences = shown.slice(0, 3).map((error) => `${error.path} ${error.message}`);
  const more = errors.length > sentences.length ? `; and ${errors.length - sentences.length} more` : '';
  return new AppError('invalid', `The request is wrong: ${sentences.join('; ')}${more}.`, { errors: shown });
}

function flatten(found: readonly ValidationError[], parent: string): readonly FieldError[] {
  return found.flatMap((error) => {
    const path = parent === '' ? error.property : `${parent}.${error.property}`;
    // One field may break several rules that say the same.
    const messages = new Set(Object.entries(error.constraints ?? {}).map(messageOf));
    const own = [...messages].map((message) => ({ path, message }));
    return [...own, ...flatten(error.children ?? [], path)];
  });
}

const messageOf = ([rule, message]: readonly [string, string]): string =>
  rule === 'whitelistValidation' ? 'is not a field here' : message;
