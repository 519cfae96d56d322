import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, BenchOptions } from './bench.js';
import { bareWay } from './operations/bare.js';
import type { Beginning } from './operations/commands.js';
import { diecastWay } from './operations/diecast.js';
import { processorMicros } from './operations/processor-time.js';
import { setTheScene, type Scene, type WorkerKind } from './operations/scene.js';
import type { Load, Way } from './operations/way.js';
import { measureInTurns, median, round2, tableLine, type Medians, type Sample } from './rounds.js';

const KINDS: readonly WorkerKind[] = ['diecast', 'bullmq'];
const WORKERS = [1, 2, 4] as const;
/** Enough that the beginning and the end of a round do not count for much. */
const LOADS: Readonly<Record<WorkerKind, Load>> = {
  diecast: { count: 400, clients: 64 },
  bullmq: { count: 8_000, clients: 64 },
};
const ALONE = { count: 40, pauseMs: 40 } as const;

type Stage = { readonly scene: Scene; readonly ways: Readonly<Record<WorkerKind, Way>> };

/** Operations or jobs a second, and microseconds of each program's processor time for one. */
type Throughput = Sample & { readonly rate: number };
/** Milliseconds from the request to the first step and until its end is known. */
type Latency = { readonly firstStep: number; readonly done: number };

export const operationsBench: Bench = {
  summary: 'operations of three steps that do nothing, from POST to done, against bare BullMQ',
  async run(options) {
    const scene = await setTheScene({ hosts: LOADS.diecast.count, workers: Math.max(...WORKERS) });
    const [diecast, bullmq] = [diecastWay(scene.api, scene.databaseUrl), await bareWay(scene.redis)];
    try {
      return await report({ scene, ways: { diecast, bullmq } }, options);
    } finally {
      await diecast.close();
      await bullmq.close();
      await scene.close();
    }
  },
};

async function report(
  stage: Stage,
  { rounds, say }: BenchOptions,
): Promise<Readonly<Record<string, unknown>>> {
  say('milliseconds of one alone, one worker');
  const latency = await measureInTurns(
    forEachKind((kind) => () => latencyOf(stage, kind)),
    rounds,
  );
  say(tableLine('to the first step', latency, 'firstStep'));
  say(tableLine('to the end', latency, 'done'));

  say(`a second, ${LOADS.diecast.clients} clients at once`);
  const throughput: Record<string, Medians<Throughput>> = {};
  for (const workers of WORKERS) {
    const candidates = forEachKind((kind) => () => throughputOf(stage, kind, workers));
    const medians = await measureInTurns(candidates, rounds);
    say(tableLine(`${workers} ${workers === 1 ? 'worker' : 'workers'}`, medians, 'rate'));
    throughput[workers] = medians;
  }
  const rateOf = (kind: WorkerKind, workers: number): number => throughput[workers]?.[kind]?.rate ?? NaN;
  const best = (kind: WorkerKind): number => Math.max(...WORKERS.map((workers) => rateOf(kind, workers)));
  const ratios = Object.fromEntries([
    ...WORKERS.map((workers) => [workers, round2(rateOf('diecast', workers) / rateOf('bullmq', workers))]),
    ['best', round2(best('diecast') / best('bullmq'))],
  ]) as Readonly<Record<string, number>>;
  say(`Diecast to bare BullMQ: ${JSON.stringify(ratios)}`);
  say('microseconds of processor time for one');
  for (const [name, each] of Object.entries(throughput[1] ?? {})) say(`  ${name} ${JSON.stringify(each)}`);
  return { ratios, latency, throughput, steps: 3, loads: LOADS };
}

const forEachKind = <T>(make: (kind: WorkerKind) => T): Readonly<Record<WorkerKind, T>> =>
  Object.fromEntries(KINDS.map((kind) => [kind, make(kind)])) as Record<WorkerKind, T>;

async function withWorkers<T>(
  { scene }: Stage,
  kind: WorkerKind,
  count: number,
  work: () => Promise<T>,
): Promise<T> {
  const workers = scene.workers[kind].slice(0, count);
  for (const worker of workers) await worker.ask({ do: 'work' });
  try {
    return await work();
  } finally {
    for (const worker of workers) await worker.ask({ do: 'rest' });
  }
}

async function beginnings({ scene }: Stage, kind: WorkerKind): Promise<ReadonlyMap<string, number>> {
  const told = await Promise.all(
    scene.workers[kind].map((worker) => worker.ask<Beginning[]>({ do: 'tell' })),
  );
  return new Map(told.flat().map(({ id, at }) => [id, at]));
}

/** One after another, with a pause in which everything comes to rest. */
function latencyOf(stage: Stage, kind: WorkerKind): Promise<Latency> {
  return withWorkers(stage, kind, 1, async () => {
    const asked: Awaited<ReturnType<Way['one']>>[] = [];
    for (let index = 0; index < ALONE.count; index += 1) {
      await sleep(ALONE.pauseMs);
      asked.push(await stage.ways[kind].one());
    }
    const began = await beginnings(stage, kind);
    return {
      firstStep: median(asked.map((each) => (began.get(each.id) ?? NaN) - each.asked)),
      done: median(asked.map((each) => each.done - each.asked)),
    };
  });
}

function throughputOf(stage: Stage, kind: WorkerKind, workers: number): Promise<Throughput> {
  return withWorkers(stage, kind, workers, async () => {
    const load = LOADS[kind];
    const before = await spent(stage.scene, kind);
    const rate = await stage.ways[kind].many(load);
    const after = await spent(stage.scene, kind);
    await beginnings(stage, kind);
    const micros = Object.entries(after).map(
      ([program, used]) =>
        [`${program}Micros`, Math.round((used - (before[program] ?? 0)) / load.count)] as const,
    );
    return { rate: round2(rate), ...Object.fromEntries(micros) };
  });
}

/** Microseconds of processor time of each program until now. */
async function spent({ pids, workers }: Scene, kind: WorkerKind): Promise<Readonly<Record<string, number>>> {
  const { user, system } = process.cpuUsage();
  const ofWorkers = await Promise.all(workers[kind].map(({ pid }) => processorMicros(pid)));
  return {
    client: user + system,
    ...(kind === 'diecast'
      ? { api: await processorMicros(pids.api), postgres: await processorMicros(pids.postgres) }
      : {}),
    redis: await processorMicros(pids.redis),
    workers: ofWorkers.reduce((sum, each) => sum + each, 0),
  };
}
