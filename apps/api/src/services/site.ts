/** What this installation has. */
export type Site = { readonly balancer: boolean };
