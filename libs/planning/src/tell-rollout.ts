import type { Rollout } from '@diecast/model';
import type { Receipt, ReceiptMachine } from './receipt.js';
import { counted } from './words.js';

type Entry = { readonly at: number; readonly text: string };

const MILESTONES = [
  ['assembledAt', 'assembled'],
  ['availableAt', 'healthy'],
  ['inTrafficAt', 'in traffic'],
  ['drainedAt', 'out of traffic'],
  ['standbyAt', 'on standby, paused in memory'],
  ['goneAt', 'gone'],
] as const satisfies readonly (readonly [keyof ReceiptMachine, string])[];

/** A rollout as a person reads it: each decision with its reason, and each machine at its milestones, in order of time. */
export function tellRollout(rollout: Rollout, receipt: Receipt): readonly string[] {
  const { service, number, fromIteration, toIteration, trigger, startedAt } = rollout;
  const names = new Map(receipt.machines.map((each) => [each.instanceId, nameOf(service, each)]));
  const from = fromIteration === null ? '' : `iteration ${fromIteration} → `;
  const start = startedAt.getTime();
  const entries = [
    ...decisionsOf(rollout, names),
    ...receipt.machines.flatMap((each) => wayOf(rollout, each)),
  ];
  return [
    `Rollout ${number} of ${service} (${trigger}): ${from}iteration ${toIteration}`,
    ...imageLines(receipt),
    ...entries.toSorted((a, b) => a.at - b.at).map(({ at, text }) => `${clock(at - start)}  ${text}`),
    ...endLines(rollout, receipt),
  ];
}

function decisionsOf({ notes }: Rollout, names: ReadonlyMap<string, string>): readonly Entry[] {
  return notes.map(({ at, action, instanceId, reason }) => {
    const about = instanceId === undefined ? '' : ` ${names.get(instanceId) ?? instanceId.slice(-8)}`;
    return { at: Date.parse(at), text: `${action}${about}: ${reason}` };
  });
}

/** What happened to a machine before the rollout or after it belongs to another story. */
function wayOf({ service, startedAt, finishedAt }: Rollout, machine: ReceiptMachine): readonly Entry[] {
  return MILESTONES.flatMap(([field, text]) => {
    const at = machine[field];
    if (at === null || at < startedAt || (finishedAt !== null && at > finishedAt)) return [];
    const where = field === 'assembledAt' ? ` on ${machine.host ?? 'no host'}` : '';
    return [{ at: at.getTime(), text: `  ${nameOf(service, machine)} ${text}${where}` }];
  });
}

const nameOf = (service: string, { iteration, instanceId }: ReceiptMachine): string =>
  `${service}-${iteration}-${instanceId.slice(-8)}`;

const imageLines = ({ images: { from, to } }: Receipt): readonly string[] =>
  from === to ? [] : [`  image ${from === null ? '' : `${short(from)} → `}${short(to)}`];

const short = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);

function endLines({ status, statusReason }: Rollout, receipt: Receipt): readonly string[] {
  const { seconds, overlapSeconds, machines, requests, failures } = receipt;
  const why = statusReason === null ? '' : `: ${statusReason}`;
  const words = status === 'rolledBack' ? 'rolled back' : status;
  return [
    `${status === 'running' ? 'Running' : words.slice(0, 1).toUpperCase() + words.slice(1)} after ${seconds.toFixed(1)} s${why}`,
    `  ${counted(machines.length, 'machine')}; both iterations in traffic for ${overlapSeconds.toFixed(1)} s`,
    ...(requests === null ? [] : [`  ${counted(requests, 'request')}, ${failures ?? 0} failed`]),
  ];
}

/** `   +12.3s` */
const clock = (milliseconds: number): string =>
  `+${(Math.max(0, milliseconds) / 1000).toFixed(1)}s`.padStart(9);
