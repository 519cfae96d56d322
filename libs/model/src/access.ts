export const ROLES = ['viewer', 'operator', 'admin'] as const;
/** Each role may do what the ones before it may. */
export type Role = (typeof ROLES)[number];
export const roleCovers = (has: Role, needs: Role): boolean => ROLES.indexOf(has) >= ROLES.indexOf(needs);

export type Principal = { readonly name: string; readonly role: Role };
