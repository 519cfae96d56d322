import { ROLES, type Role } from '@diecast/model';
import { ChoiceField, NameField } from '../http/fields.js';
import { ChoiceShown, TextShown } from '../http/shown.js';
import type { NewToken } from './tokens.js';

export class CreateToken {
  @NameField('Who or what will use it.', { example: 'ci' })
  readonly name!: string;

  @ChoiceField('What it may do: each role may do what the one before may.', ROLES, { example: 'operator' })
  readonly role!: Role;
}

export class TokenAt {
  @NameField('Name of the token.', { example: 'ci' })
  readonly name!: string;
}

export class TokenView implements NewToken {
  @TextShown('Name of the token.', { example: 'ci' })
  readonly name!: string;

  @ChoiceShown('What it may do.', ROLES, { example: 'operator' })
  readonly role!: Role;

  @TextShown('The token itself. It is shown here and never again.', { example: 'diecast_…' })
  readonly token!: string;
}
