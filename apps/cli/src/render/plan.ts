import { formatBytes } from '@diecast/model';
import type { FieldChangeView, PlanView } from '../api/views.js';
import { align } from './table.js';
import { count, duration } from './words.js';

/** What declaring a service would do: a sentence, then field by field. */
export function planLines(service: string, plan: PlanView): readonly string[] {
  const fields = align(plan.changes.map((change) => [`  ${sign(change)} ${change.path}`, values(change)]));
  return [`${service}: ${sentence(plan)}`, ...fields, ...(plan.startsRollout ? rolloutLines(plan) : [])];
}

/** What it does to machines and hosts, and what stands in its way. */
function rolloutLines({ surge, placements, images, expected, blockers }: PlanView): readonly string[] {
  const addresses = surge.addresses === null ? '' : `, and so many addresses: ${surge.addresses}`;
  return [
    `  at most ${count(surge.machines, 'machine')} at once (${surge.sum}): ${surge.memoryMiB} MiB must be free${addresses}`,
    ...placements.map(
      ({ host, reason }, index) => `  machine ${index + 1} → ${host ?? 'no host'}: ${reason}`,
    ),
    ...images.map(({ host, bytes }) => `  ${formatBytes(bytes)} of the image move to ${host}`),
    ...(expected === null ? [] : [`  it may take ${duration(expected.seconds)} (${expected.from})`]),
    ...blockers.flatMap(({ why, remedy }) => [`  blocked: ${why}`, `    ${remedy}`]),
  ];
}

const MANNERS = {
  rolling: 'machine by machine',
  blueGreen: 'with a whole new set, all requests at once',
  canary: 'step by step',
  recreate: 'when its machines are gone',
} as const satisfies Record<PlanView['strategy'], string>;

function sentence({ change, fromIteration, startsRollout, strategy }: PlanView): string {
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
      return `a new iteration takes the place of ${fromIteration}, ${MANNERS[strategy]}`;
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
