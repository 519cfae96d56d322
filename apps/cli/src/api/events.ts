import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted, ProblemError } from '../errors.js';
import type { Client } from './client.js';
import { EventText } from './event-text.js';
import { explain, isTransportFailure } from './transport.js';
import type { EventView } from './views.js';

/** The stream stands: `resumed` after the last event seen, or from now on, so that the world must be looked at first. */
export type Opened = { readonly opened: true; readonly resumed: boolean };
export type Happened = Opened | { readonly opened: false; readonly event: EventView };

/** Between attempts to open a stream that broke off; about half a minute in all, as long as an API takes to start anew. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000, 4_000, 4_000];

type From = {
  /** Go on after this event; without it from now on. */
  readonly after?: string;
  readonly signal: AbortSignal;
};

/**
 * What happens, through broken connections and restarts of the API, without a gap. Ends when the API has nothing more to tell.
 * @throws ProblemError, UnreachableError, Interrupted
 */
export async function* follow(
  client: Client,
  path: string,
  { after, signal }: From,
): AsyncGenerator<Happened, void> {
  let last = after;
  for (let failures = 0; ;) {
    try {
      const response = await client.open(path, last);
      if (response.status === 204) return;
      failures = 0;
      try {
        yield { opened: true, resumed: last !== undefined };
        for await (const event of read(response)) {
          last = event.id;
          yield { opened: false, event };
        }
      } finally {
        await letGo(response);
      }
      // It ended in good order: the server stops, or there is nothing more, which only the next answer tells apart.
    } catch (error) {
      if (signal.aborted) throw new Interrupted();
      if (!isPassing(error)) throw error;
      if (PAUSES_MS[failures] === undefined)
        throw error instanceof TypeError ? explain(client.connection.url, error) : error;
    }
    await sleep(PAUSES_MS[failures] ?? 0, undefined, { signal }).catch(() => {
      throw new Interrupted();
    });
    failures += 1;
  }
}

/** A proxy or an API that is on its way down or up answers 5xx. */
const isPassing = (error: unknown): boolean =>
  isTransportFailure(error) || (error instanceof ProblemError && error.problem.status >= 500);

/** A stream that nobody reads to its end would keep the program from ending. */
const letGo = async ({ body }: Response): Promise<void> => {
  await body?.cancel().catch(() => undefined);
};

async function* read(response: Response): AsyncGenerator<EventView, void> {
  const text = new EventText();
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? [])
    for (const { data } of text.push(decoder.decode(piece as Uint8Array, { stream: true })))
      yield JSON.parse(data) as EventView;
}
