export type SentEvent = {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export type OpenStream = {
  readonly status: number;
  readonly contentType: string | null;
  /** In order; ends when the server ends the stream. */
  readonly events: AsyncGenerator<SentEvent, void>;
  /** Comments that were sent so far. */
  readonly comments: readonly string[];
  close(): void;
};

/** A client of server-sent events that does by hand what a browser does, so that a test sees every field. */
export async function openStream(url: string, token: string, lastEventId?: string): Promise<OpenStream> {
  const leaving = new AbortController();
  const response = await fetch(url, {
    signal: leaving.signal,
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  const comments: string[] = [];
  return {
    status: response.status,
    contentType: response.headers.get('content-type'),
    events: read(response, comments),
    comments,
    close: () => leaving.abort(),
  };
}

async function* read(response: Response, comments: string[]): AsyncGenerator<SentEvent, void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
      const comment = fields.get('');
      if (comment !== undefined) comments.push(comment);
      const id = fields.get('id');
      if (id === undefined) continue;
      yield { id, event: fields.get('event') ?? '', data: JSON.parse(fields.get('data') ?? 'null') };
    }
  }
}

/** The next so many. */
export async function take({ events }: OpenStream, count: number): Promise<readonly SentEvent[]> {
  const taken: SentEvent[] = [];
  while (taken.length < count) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`The stream ended after ${taken.length} of ${count} events.`);
    taken.push(value);
  }
  return taken;
}
