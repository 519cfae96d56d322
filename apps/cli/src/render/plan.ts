import type { FieldChangeView, PlanView } from '../api/views.js';
import { align } from './table.js';

/** What declaring a service would do: a sentence, then field by field. */
export function planLines(service: string, plan: PlanView): readonly string[] {
  const fields = align(plan.changes.map((change) => [`  ${sign(change)} ${change.path}`, values(change)]));
  return [`${service}: ${sentence(plan)}`, ...fields];
}

function sentence({ change, fromIteration, startsRollout }: PlanView): string {
  switch (change) {
    case 'created':
      return 'a new service';
    case 'none':
      return `nothing changes; it stays at iteration ${fromIteration}`;
    case 'settings':
      return startsRollout
        ? `iteration ${fromIteration} stays, and machines are cast or discontinued`
        : `iteration ${fromIteration} and its machines stay, other settings hold from now on`;
    default:
      return `a new iteration takes the place of ${fromIteration}, machine by machine`;
  }
}

function sign({ from, to }: FieldChangeView): string {
  if (isNothing(from)) return '+';
  return isNothing(to) ? '-' : '~';
}

function values({ from, to }: FieldChangeView): string {
  if (isNothing(from)) return shown(to);
  return isNothing(to) ? shown(from) : `${shown(from)} → ${shown(to)}`;
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
