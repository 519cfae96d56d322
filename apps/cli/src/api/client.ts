import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted, ProblemError, UnreachableError } from '../errors.js';
import { explain, isTransportFailure } from './transport.js';
import { readProblem } from './read-problem.js';

export type Connection = { readonly url: string; readonly token: string };

export type Query = Readonly<Record<string, string | number | undefined>>;

export type Answer<T> = { readonly status: number; readonly body: T };

type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };

/** Between the attempts of a request that did not get through. */
const PAUSES_MS = [200, 600, 1_200];
const PAGE = 500;

type Request = {
  readonly method: string;
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The REST API as docs/openapi.json has it. */
export class Client {
  constructor(
    readonly connection: Connection,
    private readonly signal: AbortSignal,
    private readonly pausesMs: readonly number[] = PAUSES_MS,
  ) {}

  /** @throws ProblemError, UnreachableError, Interrupted */
  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.json<T>({ method: 'GET', path, query })).body;
  }

  /** Every item of every page. @throws as `get` */
  async list<T>(path: string, query: Query = {}): Promise<readonly T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.get<Page<T>>(path, { ...query, limit: PAGE, cursor });
      items.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return items;
  }

  /** Asks something that needs a body and changes nothing. @throws as `get` */
  async ask<T>(path: string, body: unknown): Promise<T> {
    return (await this.json<T>({ method: 'POST', path, body })).body;
  }

  /** Changes something, once, however often the request had to be sent. @throws as `get` */
  change<T>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    query: Query = {},
  ): Promise<Answer<T>> {
    return this.json<T>({ method, path, query, body, headers: { 'idempotency-key': randomUUID() } });
  }

  /** A stream of events, one attempt. The caller reads or cancels its body. @throws as `get`; a transport failure as it is */
  async open(path: string, lastEventId: string | undefined): Promise<Response> {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const response = await this.send({ method: 'GET', path, headers });
    if (!response.ok) throw new ProblemError(readProblem(response, await response.text()));
    return response;
  }

  private async json<T>(request: Request): Promise<Answer<T>> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const response = await this.send(request);
        return this.read<T>(response, await response.text());
      } catch (error) {
        if (this.signal.aborted) throw new Interrupted();
        if (!isTransportFailure(error)) throw error;
        const pause = this.pausesMs[attempt];
        if (pause === undefined) throw explain(this.connection.url, error);
        await sleep(pause, undefined, { signal: this.signal }).catch(() => {
          throw new Interrupted();
        });
      }
    }
  }

  private read<T>(response: Response, text: string): Answer<T> {
    const { status } = response;
    if (!response.ok) throw new ProblemError(readProblem(response, text));
    if (text === '') return { status, body: null as T };
    try {
      return { status, body: JSON.parse(text) as T };
    } catch {
      throw new UnreachableError(`${this.connection.url} does not answer as Diecast does: no JSON came.`);
    }
  }

  private send({ method, path, query = {}, body, headers = {} }: Request): Promise<Response> {
    const url = new URL(`${this.connection.url}${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    return fetch(url, {
      method,
      // A redirect would take the token to where nobody has logged in.
      redirect: 'manual',
      signal: this.signal,
      headers: {
        authorization: `Bearer ${this.connection.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
