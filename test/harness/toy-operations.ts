import { randomUUID } from 'node:crypto';
import type { Json, Operation } from '@diecast/model';
import {
  createRegistry,
  defineOperation,
  runOperation,
  type Limits,
  type Pivot,
  type RunDeps,
  type Step,
} from '@diecast/operations';
import type { Store } from '@diecast/store';

type Toy = object;
type State = Record<string, Json>;
export type ToyStep = Step<Toy, Json, State>;

export const quiet = { debug: () => {}, info: () => {}, warn: () => {} };

/** A step that needs no undoing, unless told otherwise. */
export const step = (name: string, run: ToyStep['run'], more: Partial<ToyStep> = {}): ToyStep => ({
  name,
  run,
  undo: { none: 'it is a toy' },
  ...more,
});

/** What a worker needs to carry an operation of the kind host.drain, made of these steps instead. */
export function toyWorker(
  store: Store,
  steps: readonly ToyStep[],
  options: {
    readonly holder?: string;
    readonly leaseMs?: number;
    readonly pivot?: Pivot;
    readonly limits?: Limits;
  } = {},
): RunDeps<Toy> {
  const { holder = 'worker', leaseMs, pivot, limits = {} } = options;
  const definition = defineOperation<Toy, Json, State>({
    kind: 'host.drain',
    steps,
    result: (state) => JSON.parse(JSON.stringify(state)) as Json,
    leaves: async (_, { operationId }) => [{ what: `toy ${operationId}`, where: 'host toys' }],
    ...(pivot === undefined ? {} : { pivot }),
  });
  return {
    journal: store.journal,
    registry: createRegistry<Toy>([definition], ['host.drain']),
    services: () => ({}),
    holder,
    limits,
    log: () => quiet,
    ...(leaseMs === undefined ? {} : { leaseMs }),
  };
}

/** @param host what it works on alone; by default something of its own */
export const insertToy = (store: Store, host: string = randomUUID()): Promise<Operation> =>
  store.operations.insert({ kind: 'host.drain', input: { name: host }, resources: [], createdBy: 'test' });

/** One worker's turn. */
export const work = (id: string, deps: RunDeps<Toy>, shutdown?: AbortSignal): Promise<string> =>
  runOperation(id, deps, shutdown ?? new AbortController().signal);
