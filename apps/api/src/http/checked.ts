import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { toInvalid } from '@diecast/platform';

/**
 * A request that came by another way than a REST body, held to the same rules.
 * @throws AppError `invalid` with the path of every wrong field
 */
export function checked<Body extends object>(body: new () => Body, plain: object): Body {
  const instance = plainToInstance(body, plain);
  const found = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
  });
  if (found.length > 0) throw toInvalid(found);
  return instance;
}
