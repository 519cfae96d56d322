import { MIGRATE } from '../constants/migrate.js';
import { DOMAIN_STATE, PAUSED_REASON } from '../constants/state.js';
import type { TypedParam } from '../wire/codec.js';
import { typed } from './parameters.js';

/** What the target takes no notice of. */
const FOR_THE_SOURCE = MIGRATE.ABORT_ON_ERROR | MIGRATE.AUTO_CONVERGE;

/** The source keeps what would change the domain away from it until it is told how it ended. */
export const sourceFlags = (flags: number): number => flags | MIGRATE.CHANGE_PROTECTION;
export const targetFlags = (flags: number): number => flags & ~FOR_THE_SOURCE;

/** The parameters with this one instead of any that had its name. */
export const withText = (
  params: readonly TypedParam[],
  field: string,
  value: string,
): readonly TypedParam[] => [...params.filter((each) => each.field !== field), typed.string(field, value)];

export type DomainState = { readonly state: number; readonly reason: number };

/** Some of its memory is at the target and some at the source: neither can run it alone. */
export const isSplit = ({ state, reason }: DomainState): boolean =>
  state === DOMAIN_STATE.PAUSED &&
  (reason === PAUSED_REASON.POSTCOPY || reason === PAUSED_REASON.POSTCOPY_FAILED);

/** Everything of it has left, and nobody said what became of that. */
export const isWaiting = ({ state, reason }: DomainState): boolean =>
  state === DOMAIN_STATE.PAUSED && reason === PAUSED_REASON.MIGRATION;

export type Keeper = 'source' | 'target' | 'unclear';

/** Who has the domain, by what the target says of it after all memory has left. */
export function keeperOf(atTarget: DomainState | undefined): Keeper {
  if (atTarget === undefined || atTarget.state === DOMAIN_STATE.SHUTOFF) return 'source';
  return isWaiting(atTarget) ? 'unclear' : 'target';
}
