/** A page of a list; the cursor is opaque. */
export type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };
export type PageRequest = { readonly limit?: number; readonly cursor?: string };
