import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { blobsOf, digestHex, GIB, type Json, type Operation, type OperationKind } from '@diecast/model';
import { checkHealth, guardServices, type FlowServices } from '@diecast/flows';
import { libvirtHypervisors } from '@diecast/hypervisor';
import { createRegistry, runOperation, type AnyOperation, type EffectGuard } from '@diecast/operations';
import { openBlobFolder } from '@diecast/platform';
import type { Tick } from '@diecast/queue';
import { openStore } from '@diecast/store';
import type { TestImage } from './lab.js';

export const silent = { debug: () => {}, info: () => {}, warn: () => {} };

export type TestServices = FlowServices & {
  /** Puts the image's blobs where an import would have put them. */
  keepBlobs(image: TestImage): Promise<void>;
  /** Where the blobs are. */
  readonly folder: string;
  /**
   * Inserts an operation and carries it to its end in this process, with its children.
   * @param instead takes the place of the definition of its kind
   */
  run(kind: OperationKind, input: Json, instead?: AnyOperation<FlowServices>): Promise<Operation>;
  /** Carries one that is there, such as one that was retried. */
  carry(id: string): Promise<Operation>;
  /** What a worker does: runs everything that becomes runnable, and every tick in its rhythm, until it is stopped. */
  work(ticks: readonly Tick[]): { stop(): Promise<void> };
  close(): Promise<void>;
};

/** All that flows need, for a test: a store in memory, real hypervisors, a folder of its own for blobs. */
export async function openServices(
  definitions: readonly AnyOperation<FlowServices>[],
  rules: Partial<FlowServices['imageRules']> = {},
  healthy: FlowServices['checkHealth'] = checkHealth,
): Promise<TestServices> {
  const store = await openStore();
  const folder = await mkdtemp(join(tmpdir(), 'diecast-blobs-'));
  const services: FlowServices = {
    store,
    hypervisors: libvirtHypervisors(),
    blobs: openBlobFolder(folder),
    imageRules: {
      paths: null,
      maxBlobBytes: GIB,
      privateUrls: true,
      keys: [],
      signatures: 'off',
      ...rules,
    },
    checkHealth: healthy,
  };
  const guarded = (guard: EffectGuard) => guardServices(services, guard);
  const depsWith = (instead?: AnyOperation<FlowServices>) => {
    const all = definitions.map((each) => (each.kind === instead?.kind ? instead : each));
    const registry = createRegistry<FlowServices>(
      all,
      all.map(({ kind }) => kind),
    );
    return { journal: store.journal, registry, services: guarded, holder: 'test', log: () => silent };
  };
  const never = new AbortController().signal;

  /** What a dispatcher does: children of the operation that runs are started as they appear. */
  async function dispatchUntil(over: AbortSignal, deps = depsWith(), shutdown = never): Promise<void> {
    const started = new Set<string>();
    const running: Promise<unknown>[] = [];
    while (!over.aborted) {
      for (const id of await store.operations.runnable(100)) {
        if (started.has(id)) continue;
        started.add(id);
        const ended = runOperation(id, deps, shutdown).then((end) => {
          // It waits for a lock; what is runnable says when it is free.
          if (end === 'waiting') started.delete(id);
        });
        running.push(ended);
      }
      await store.events.wait(200, over);
    }
    await Promise.all(running);
  }

  async function carry(id: string, instead?: AnyOperation<FlowServices>): Promise<Operation> {
    const over = new AbortController();
    const dispatching = dispatchUntil(over.signal, depsWith(instead));
    try {
      for (;;) {
        const seen = await store.events.latestId();
        const operation = await store.operations.require(id);
        if (operation.status !== 'pending' && operation.status !== 'running') return operation;
        await store.events.wait(1000, undefined, seen);
      }
    } finally {
      over.abort();
      await dispatching;
    }
  }

  async function beat({ everyMs, run }: Tick, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      // As startTicks does: a tick that failed comes again.
      await run(over).catch(() => undefined);
      await sleep(everyMs, undefined, { signal: over }).catch(() => undefined);
    }
  }

  return {
    ...services,
    work(ticks) {
      const over = new AbortController();
      const working = Promise.all([
        dispatchUntil(over.signal, depsWith(), over.signal),
        ...ticks.map((tick) => beat(tick, over.signal)),
      ]);
      return {
        async stop() {
          over.abort();
          await working;
        },
      };
    },
    async keepBlobs(image) {
      for (const { digest } of blobsOf(image.manifest)) {
        const source = createReadStream(join(image.folder, 'blobs', digestHex(digest)));
        await services.blobs.receive(digest, source, GIB);
      }
    },
    folder,
    async run(kind, input, instead) {
      const { id } = await store.operations.insert({ kind, input, resources: [], createdBy: 'test' });
      return carry(id, instead);
    },
    carry: (id) => carry(id),
    async close() {
      await services.hypervisors.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
