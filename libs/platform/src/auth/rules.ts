import { SetMetadata } from '@nestjs/common';
import type { Role } from '@diecast/model';

/** Who may call a route. */
export type Rule = { readonly kind: 'public' } | { readonly kind: 'role'; readonly role: Role };

export const RULE = 'diecast:rule';

/** The caller's token must have this role or a higher one. */
export const RequireRole = (role: Role) => SetMetadata(RULE, { kind: 'role', role } satisfies Rule);

/** Anybody may call it, without a token. */
export const Public = () => SetMetadata(RULE, { kind: 'public' } satisfies Rule);
