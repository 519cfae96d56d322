/** Sooner than in a product: what is tried here is that a worker is missed, not how long that takes. */
export const SILENCE = { leaseMs: 6_000, jobLockMs: 3_000 };
