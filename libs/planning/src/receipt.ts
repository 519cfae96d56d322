import type { Digest, Instance, Rollout } from '@diecast/model';

/** One machine of a rollout, and when it was how far. */
export type ReceiptMachine = {
  readonly instanceId: string;
  readonly iteration: number;
  readonly host: string | null;
  readonly castAt: Date;
  readonly assembledAt: Date | null;
  readonly availableAt: Date | null;
  readonly inTrafficAt: Date | null;
  readonly drainedAt: Date | null;
  readonly standbyAt: Date | null;
  readonly goneAt: Date | null;
  /** In its whole life so far; null: nobody has counted. */
  readonly requests: number | null;
  readonly failures: number | null;
};

/** What a rollout has come to, or has come to so far. */
export type Receipt = {
  /** Oldest first; of both iterations, unless they were gone before it began or came after it ended. */
  readonly machines: readonly ReceiptMachine[];
  readonly seconds: number;
  /** How long machines of both iterations were in traffic. */
  readonly overlapSeconds: number;
  /** Of these machines together; null: nobody has counted. */
  readonly requests: number | null;
  readonly failures: number | null;
  readonly images: { readonly from: Digest | null; readonly to: Digest };
};

type Span = readonly [from: number, to: number];

/** @param instances of the service, those that are history among them */
export function makeReceipt(
  rollout: Rollout,
  instances: readonly Instance[],
  images: Receipt['images'],
  now: Date,
): Receipt {
  const { fromIteration, toIteration, startedAt } = rollout;
  const end = rollout.finishedAt ?? now;
  const machines = instances
    .filter(
      ({ iteration, createdAt, endedAt }) =>
        (iteration === fromIteration || iteration === toIteration) &&
        createdAt <= end &&
        (endedAt === null || endedAt >= startedAt),
    )
    .map(toMachine)
    .toSorted((a, b) => a.castAt.getTime() - b.castAt.getTime() || (a.instanceId < b.instanceId ? -1 : 1));
  const during: Span = [startedAt.getTime(), end.getTime()];
  const spansOf = (iteration: number | null) =>
    joined(machines.flatMap((each) => (each.iteration === iteration ? inTraffic(each, during) : [])));
  const isChange = fromIteration !== toIteration;
  return {
    machines,
    seconds: (during[1] - during[0]) / 1000,
    overlapSeconds: isChange ? overlap(spansOf(fromIteration), spansOf(toIteration)) / 1000 : 0,
    requests: sumOf(machines.map(({ requests }) => requests)),
    failures: sumOf(machines.map(({ failures }) => failures)),
    images,
  };
}

const toMachine = (instance: Instance): ReceiptMachine => ({
  instanceId: instance.id,
  iteration: instance.iteration,
  host: instance.host,
  castAt: instance.createdAt,
  assembledAt: instance.assembledAt,
  availableAt: instance.availableAt,
  inTrafficAt: instance.inTrafficAt,
  drainedAt: instance.drainedAt,
  standbyAt: instance.standbyAt,
  goneAt: instance.endedAt,
  requests: instance.served?.requests ?? null,
  failures: instance.served?.failures ?? null,
});

/** The part of its time in traffic that lies in the rollout. */
function inTraffic(machine: ReceiptMachine, [start, end]: Span): readonly Span[] {
  if (machine.inTrafficAt === null) return [];
  const from = Math.max(start, machine.inTrafficAt.getTime());
  const to = Math.min(end, (machine.drainedAt ?? machine.goneAt)?.getTime() ?? end);
  return from < to ? [[from, to]] : [];
}

/** Spans that touch become one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const whole: Span[] = [];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const last = whole.at(-1);
    if (last === undefined || from > last[1]) whole.push([from, to]);
    else whole[whole.length - 1] = [last[0], Math.max(last[1], to)];
  }
  return whole;
}

const overlap = (some: readonly Span[], others: readonly Span[]): number =>
  some
    .flatMap(([from, to]) => others.map(([start, end]) => Math.min(to, end) - Math.max(from, start)))
    .reduce((sum, length) => sum + Math.max(0, length), 0);

function sumOf(counts: readonly (number | null)[]): number | null {
  const counted = counts.filter((count) => count !== null);
  return counted.length === 0 ? null : counted.reduce((sum, count) => sum + count, 0);
}
