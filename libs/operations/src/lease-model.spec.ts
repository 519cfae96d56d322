import { describe, expect, it } from '@jest/globals';
import * as production from './lease-rules.js';
import type { Holding, LeaseRow } from './lease-rules.js';

/*
 * A search of every way in which workers, a database and a host can meet under the lease protocol. One step of the model is
 * what one of them does, in any order; between two steps any number of others may come, also the clock. Times are kept
 * relative to now and epochs relative to the row's, so that the search has an end and covers runs of any length. A worker
 * that is stopped, or whose event loop hangs, is one that is not chosen while others and the clock are.
 *
 * What it takes for granted: a request is either carried out by the database at one moment or never; a call to the host is
 * carried out within its deadline or never; between the last question and the sending of a call nothing comes (they are
 * one synchronous piece of code). What it does not: that any worker is ever scheduled, or any answer ever arrives.
 */

type Rules = Pick<
  typeof production,
  | 'mayTake'
  | 'afterTaking'
  | 'isHeldBy'
  | 'afterRenewal'
  | 'afterRelease'
  | 'believedUntil'
  | 'effectLimitMs'
  | 'isRenewalDue'
>;

/** Turns that work at one operation, by the process that they are of: a queue may deliver twice to the same one. */
const PROCESSES = ['p', 'p', 'q'] as const;

/** What a worker holds. Both count back from the row, as it is now. */
type Held = {
  /** Of its epoch, which the rules give. */
  readonly epoch: number;
  /** How many have taken the lease since, which nobody in the world knows. */
  readonly takings: number;
};
type Worker = {
  /** What it believes to hold, to the end by its own clock; null: nothing. */
  readonly held: (Held & { readonly until: number }) | null;
  /** A request that was sent and is not carried out, or whose answer has not arrived; its age is from the sending. */
  readonly asked: {
    readonly what: 'take' | 'renew' | 'write';
    readonly age: number;
    /** Null until it is carried out; then what the answer will say. */
    readonly answer: Held | 'refused' | null;
  } | null;
  /** A call on its way to the host: the time in which it may still have its effect. */
  readonly call: number | null;
};
type World = {
  readonly ttl: number;
  readonly status: 'pending' | 'running';
  readonly holder: string | null;
  /** Until the lease ends, in time from now; null: nobody's. */
  readonly until: number | null;
  readonly workers: readonly Worker[];
  /** Whether a former holder's request was carried out as if it were the holder's. */
  readonly deceived: boolean;
};

const IDLE: Worker = { held: null, asked: null, call: null };

/** As long ago, or as far behind, as makes no difference any more. */
const longOf = ({ ttl }: World): number => ttl + 1;

/** The row with now as time 0 and its epoch as 0. */
const rowOf = ({ status, holder, until }: World): LeaseRow => ({ status, holder, epoch: 0, until });
const holdingOf = (index: number, { epoch }: Held): Holding => ({
  holder: PROCESSES[index] ?? '',
  epoch: -epoch,
});

const replace = (world: World, index: number, change: Partial<Worker>): World => ({
  ...world,
  workers: world.workers.map((worker, at) => (at === index ? { ...worker, ...change } : worker)),
});

/** Somebody took the lease: every epoch is by so much further behind the row's. */
function fallBehind(world: World, by: number): World {
  const long = longOf(world);
  const behind = <T extends Held>(held: T): T => ({
    ...held,
    epoch: Math.min(long, held.epoch + by),
    takings: Math.min(long, held.takings + 1),
  });
  return {
    ...world,
    workers: world.workers.map(({ held, asked, ...rest }) => ({
      ...rest,
      held: held && behind(held),
      asked:
        asked !== null && asked.answer !== null && asked.answer !== 'refused'
          ? { ...asked, answer: behind(asked.answer) }
          : asked,
    })),
  };
}

function tick(world: World): World {
  const long = longOf(world);
  const less = (time: number): number => Math.max(-long, time - 1);
  return {
    ...world,
    until: world.until === null ? null : less(world.until),
    workers: world.workers.map((worker) => ({
      ...worker,
      held: worker.held && { ...worker.held, until: less(worker.held.until) },
      asked: worker.asked && { ...worker.asked, age: Math.min(long, worker.asked.age + 1) },
      call: worker.call === null || worker.call <= 1 ? null : worker.call - 1,
    })),
  };
}

/** The database carries out what the worker has asked for. */
function carryOut(rules: Rules, world: World, index: number): World {
  const { asked, held } = world.workers[index] ?? IDLE;
  if (asked === null) return world;
  const row = rowOf(world);
  const refused = replace(world, index, { asked: { ...asked, answer: 'refused' } });
  if (asked.what === 'take') {
    if (!rules.mayTake(row, 0)) return refused;
    const taken = rules.afterTaking(row, PROCESSES[index] ?? '', 0, world.ttl);
    const behind = fallBehind(world, taken.epoch - row.epoch);
    const next = { ...behind, status: 'running' as const, holder: taken.holder, until: taken.until };
    return replace(next, index, { asked: { ...asked, answer: { epoch: 0, takings: 0 } } });
  }
  if (held === null || !rules.isHeldBy(row, holdingOf(index, held))) return refused;
  const { until } = asked.what === 'renew' ? rules.afterRenewal(row, 0, world.ttl) : row;
  const { epoch, takings } = held;
  return replace({ ...world, until, deceived: takings > 0 }, index, {
    asked: { ...asked, answer: { epoch, takings } },
  });
}

/** The worker reads the answer. */
function hear(rules: Rules, world: World, index: number): World {
  const { asked, held } = world.workers[index] ?? IDLE;
  if (asked === null || asked.answer === null) return world;
  if (asked.answer === 'refused') return replace(world, index, { asked: null, held: null });
  if (asked.what === 'write') return replace(world, index, { asked: null, held });
  const until = rules.believedUntil(-asked.age, world.ttl);
  return replace(world, index, { asked: null, held: { ...asked.answer, until } });
}

type Step = { readonly name: string; readonly to: World };

function stepsOf(rules: Rules, world: World): readonly Step[] {
  const steps: Step[] = [{ name: 'the clock goes on', to: tick(world) }];
  world.workers.forEach((worker, index) => {
    const say = (what: string, to: World): void => void steps.push({ name: `w${index} ${what}`, to });
    const { held, asked, call } = worker;
    const ask = (what: 'take' | 'renew' | 'write'): World =>
      replace(world, index, { asked: { what, age: 0, answer: null } });
    if (asked?.answer === null) say('is served by the database', carryOut(rules, world, index));
    if (call !== null) say('has had its effect', replace(world, index, { call: null }));
    // A worker that died is one that holds nothing and starts anew; what it sent to the host goes on.
    if (held !== null || asked !== null) say('dies', replace(world, index, { held: null, asked: null }));
    if (asked !== null && asked.answer !== null) say('hears the answer', hear(rules, world, index));
    if (held === null && asked === null) say('asks for the lease', ask('take'));
    if (held === null) return;
    const limit = rules.effectLimitMs(held.until, 0);
    // As HeldLease.admit: what has run out is given up and not renewed.
    if (limit <= 0)
      return say('gives up what has run out', replace(world, index, { held: null, asked: null }));
    if (call === null) say('calls the host', replace(world, index, { call: limit }));
    if (asked !== null) return;
    say('writes', ask('write'));
    if (rules.isRenewalDue(held.until, 0, world.ttl)) say('asks for more time', ask('renew'));
    if (call !== null || !rules.isHeldBy(rowOf(world), holdingOf(index, held))) return;
    const { holder, until } = rules.afterRelease(rowOf(world));
    say('hands back', replace({ ...world, holder, until }, index, { held: null }));
  });
  return steps;
}

/** What is wrong with a state of the world; undefined when nothing is. */
function wrongWith(rules: Rules, world: World): string | undefined {
  if (world.deceived) return 'a former holder is obeyed';
  if (world.workers.filter(({ call }) => call !== null).length > 1) return 'two act at once';
  const believed = world.workers.flatMap(({ held }) =>
    held !== null && rules.effectLimitMs(held.until, 0) > 0 ? [held.epoch] : [],
  );
  return new Set(believed).size < believed.length ? 'two believe to hold one epoch' : undefined;
}

type Search = {
  readonly states: number;
  readonly violation: string | undefined;
  readonly way: readonly string[];
};

/** Everything about a worker in one number, and about a world in a few. The order of a process's turns is nothing. */
function keyOf({ status, holder, until, workers }: World): string {
  const number = (digits: readonly number[]): number => digits.reduce((sum, digit) => sum * 16 + digit, 0);
  const ofHeld = (held: Held): readonly number[] => [held.epoch, held.takings];
  const each = workers.map(({ held, asked, call }, index) => {
    const belief = held === null ? [15, 0, 0] : [...ofHeld(held), held.until + 7];
    const { what = 'take', age = 15, answer = null } = asked ?? {};
    const said = answer === null ? [15, 0] : answer === 'refused' ? [14, 0] : ofHeld(answer);
    const process = PROCESSES[index] === 'p' ? 0 : 1;
    return number([...belief, ['take', 'renew', 'write'].indexOf(what), age, ...said, call ?? 15, process]);
  });
  return [status, holder, until, ...each.toSorted((one, other) => one - other)].join(' ');
}

/** Breadth first, so that the way to a violation is a shortest one. */
function search(rules: Rules, count: number, ttl: number): Search {
  const start: World = {
    ttl,
    deceived: false,
    status: 'pending',
    holder: null,
    until: null,
    workers: Array.from({ length: count }, () => IDLE),
  };
  type Reached = { readonly world: World; readonly by: string; readonly from: Reached | undefined };
  const wayTo = (reached: Reached | undefined): string[] =>
    reached?.from === undefined ? [] : [...wayTo(reached.from), reached.by];
  const seen = new Set([keyOf(start)]);
  let edge: Reached[] = [{ world: start, by: '', from: undefined }];
  while (edge.length > 0) {
    const next: Reached[] = [];
    for (const from of edge) {
      for (const { name, to } of stepsOf(rules, from.world)) {
        const key = keyOf(to);
        if (seen.has(key)) continue;
        seen.add(key);
        const reached = { world: to, by: name, from };
        const violation = wrongWith(rules, to);
        if (violation !== undefined) return { states: seen.size, violation, way: wayTo(reached) };
        next.push(reached);
      }
    }
    edge = next;
  }
  return { states: seen.size, violation: undefined, way: [] };
}

describe('the lease protocol', () => {
  // With two moments of the clock in a lease a renewal is due in the last one; with three, in time too.
  it.each([
    [1, 3],
    [2, 3],
    [3, 2],
  ])(
    'lets never two of %i workers act, however they stop, die and go on (SPEC-OP-2)',
    (count, ttl) => {
      const { states, violation, way } = search(production, count, ttl);
      expect({ violation, way }).toEqual({ violation: undefined, way: [] });
      expect(states).toBeGreaterThan(100);
    },
    180_000,
  );

  it.each<readonly [string, Partial<Rules>]>([
    ['a worker goes on believing', { effectLimitMs: () => 1 }],
    ['a worker believes a little longer', { effectLimitMs: (until, now) => Math.max(0, until - now + 1) }],
    ['belief counts from the answer', { believedUntil: (_, ttl) => ttl }],
    ['a lease that lasts may be taken', { mayTake: () => true }],
    [
      'taking does not raise the epoch',
      {
        afterTaking: (row, holder, now, ttl) => ({
          ...production.afterTaking(row, holder, now, ttl),
          epoch: row.epoch,
        }),
      },
    ],
    ['the epoch does not count', { isHeldBy: (row, { holder }) => row.holder === holder }],
    ['the holder has no say', { isHeldBy: () => true }],
    ['a renewal gives nothing to the row', { afterRenewal: (row) => row }],
  ])('would let them when %s: the search finds the way', (_, mutation) => {
    const { violation, way } = search({ ...production, ...mutation }, 2, 3);
    expect(violation).toMatch(/^(two|a former holder) /);
    expect(way.length).toBeGreaterThan(3);
  });
});
