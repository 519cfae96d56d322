import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { OPERATION_STATES, type Json, type Operation } from '@diecast/model';
import type { Store } from '@diecast/store';
import { followEvents } from '../events/follow-events.js';

export type Metrics = {
  readonly contentType: string;
  /** Text in Prometheus' exposition format. */
  render(): Promise<string>;
  countRequest(request: {
    readonly method: string;
    /** The pattern, not the path: a path per machine would be a time series per machine. */
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  /** Counts ends of operations until the signal aborts. */
  followOperations(signal: AbortSignal): Promise<void>;
};

const OPEN = ['pending', 'running', 'stuck'] as const satisfies readonly Operation['status'][];
const PAGE = 500;
/** Nobody looks at counters more often, and many events cost no more to read than one. */
const REST_MS = 200;

export function createMetrics(store: Store): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'diecast_http_request_duration_seconds',
    help: 'HTTP requests by method, route and status.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
    registers: [registry],
  });
  const finished = new Counter({
    name: 'diecast_operations_finished_total',
    help: 'Operations that ended since this process started, anywhere in the cluster: do not sum over processes.',
    labelNames: ['kind', 'status'] as const,
    registers: [registry],
  });
  const open = new Gauge({
    name: 'diecast_operations',
    help: 'Operations that are not over, by kind and status.',
    labelNames: ['kind', 'status'] as const,
    registers: [registry],
    async collect() {
      this.reset();
      for (const status of OPEN) {
        for await (const { kind } of operationsIn(store, status)) this.inc({ kind, status });
      }
    },
  });
  open.reset();

  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    countRequest: ({ method, route, status, seconds }) =>
      requests.observe({ method, route, status: String(status) }, seconds),
    async followOperations(signal) {
      const after = await store.events.latestId();
      for await (const batch of followEvents(store, { after, idleMs: 30_000, signal })) {
        for (const event of batch) {
          if (event.type !== 'operation.changed') continue;
          const end = endIn(event.data);
          if (end) finished.inc(end);
        }
        await sleep(REST_MS, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}

const ENDS = new Set(
  Object.entries(OPERATION_STATES).flatMap(([name, next]) => (next.length === 0 ? [name] : [])),
);

/** Of the operation in an event's data, when that is an end. */
function endIn(data: Json): { readonly kind: string; readonly status: string } | undefined {
  if (data === null || typeof data !== 'object' || !('kind' in data) || !('status' in data)) return undefined;
  const { kind, status } = data;
  return typeof kind === 'string' && typeof status === 'string' && ENDS.has(status)
    ? { kind, status }
    : undefined;
}

async function* operationsIn(store: Store, status: Operation['status']): AsyncGenerator<Operation, void> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Store['operations']['list']>> = await store.operations.list({
      status,
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
