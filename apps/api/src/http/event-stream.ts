import { once } from 'node:events';
import type { Response } from 'express';
import { AppError, type Event } from '@diecast/model';
import { eventView } from '../events/events.view.js';

const NEWEST_POSSIBLE = 2n ** 63n - 1n;

/** Of the header Last-Event-ID; undefined when there is none. @throws AppError `invalid` */
export function parseLastEventId(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (/^(0|[1-9]\d{0,18})$/.test(text) && BigInt(text) <= NEWEST_POSSIBLE) return text;
  const message = 'must be the id of an event, a decimal number';
  throw new AppError('invalid', `The request is wrong: Last-Event-ID ${message}.`, {
    errors: [{ path: 'Last-Event-ID', message }],
  });
}

/** How long a browser waits before it comes back. */
const COME_BACK_MS = 1_000;
/** How often a silent stream shows that it lives: proxies end what is silent for a minute. */
export const HEARTBEAT_MS = 15_000;

/**
 * Sends batches of events as they come (https://html.spec.whatwg.org/multipage/server-sent-events.html), and a comment for
 * an empty one, until the end of the batches or the signal.
 */
export async function streamEvents(
  response: Response,
  batches: AsyncIterable<readonly Event[]>,
  signal: AbortSignal,
): Promise<void> {
  // The head leaves with the first batch: until then an error still gets a proper answer.
  for await (const batch of batches) {
    if (!response.headersSent) begin(response);
    const text = batch.length === 0 ? ': alive\n\n' : batch.map(format).join('');
    if (!response.write(text) && !signal.aborted) await drained(response, signal);
  }
  response.end();
}

function begin(response: Response): void {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    // nginx would otherwise keep events until its buffer is full.
    'X-Accel-Buffering': 'no',
  });
  response.write(`retry: ${COME_BACK_MS}\n\n`);
}

/** JSON text has no line break, so one data line is enough. */
const format = (event: Event): string =>
  `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(eventView(event))}\n\n`;

async function drained(response: Response, signal: AbortSignal): Promise<void> {
  try {
    await once(response, 'drain', { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
