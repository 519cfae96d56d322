import { z } from 'zod';
import type { AnalysisSpec, Rollout } from '@diecast/model';
import type { AnalysisAnswer } from '@diecast/planning';

const TIMEOUT_MS = 5_000;
const MOST_BYTES = 65_536;

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
const PROMETHEUS = z.union([
  z.object({
    status: z.literal('success'),
    data: z.union([
      z.object({
        resultType: z.literal('vector'),
        result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })),
      }),
      z.object({ resultType: z.literal('scalar'), result: z.tuple([z.number(), z.string()]) }),
    ]),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

/** Asks once. Never throws: no answer is an answer, too. Redirects are not followed. */
export async function askAnalysis(
  spec: AnalysisSpec,
  rollout: Pick<Rollout, 'service' | 'number' | 'fromIteration' | 'toIteration' | 'stage'>,
  signal: AbortSignal,
): Promise<AnalysisAnswer> {
  const inTime = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const options = { signal: AbortSignal.any([signal, inTime]), redirect: 'manual' } as const;
    return spec.kind === 'prometheus'
      ? readPrometheus(await fetch(queryUrl(spec), options))
      : await readVerdict(await fetch(spec.url, { ...options, ...told(rollout) }));
  } catch (error) {
    const why = inTime.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : reasonOf(error);
    return { kind: 'none', message: `${spec.url}: ${why}` };
  }
}

function queryUrl({ url, query }: Extract<AnalysisSpec, { readonly kind: 'prometheus' }>): URL {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const at = new URL('api/v1/query', base);
  at.searchParams.set('query', query);
  return at;
}

const told = ({ service, number, fromIteration, toIteration, stage }: Parameters<typeof askAnalysis>[1]) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ service, rollout: number, fromIteration, toIteration, stage }),
});

async function readVerdict(response: Response): Promise<AnalysisAnswer> {
  await response.body?.cancel();
  return { kind: 'verdict', good: response.ok, message: `status ${response.status}` };
}

async function readPrometheus(response: Response): Promise<AnalysisAnswer> {
  const none = (message: string): AnalysisAnswer => ({ kind: 'none', message });
  const text = await readSome(response);
  const parsed = PROMETHEUS.safeParse(parseJson(text));
  if (!parsed.success)
    return none(`status ${response.status}, and the answer is none of Prometheus' query API`);
  if (parsed.data.status === 'error') return none(`Prometheus says: ${parsed.data.error}`);
  const { resultType, result } = parsed.data.data;
  if (resultType === 'scalar') return { kind: 'number', value: Number(result[1]) };
  const [only, ...more] = result;
  if (only === undefined) return none('the query has no result');
  if (more.length > 0) return none(`the query has ${result.length} results and must have one`);
  return { kind: 'number', value: Number(only.value[1]) };
}

/** A text that is longer than any answer ends where it gets too long, and is no JSON then. */
async function readSome(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch says "fetch failed" and keeps the reason as a cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
