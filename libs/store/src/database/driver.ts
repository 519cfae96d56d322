import type {
  CompiledQuery,
  DatabaseConnection,
  DatabaseIntrospector,
  Dialect,
  DialectAdapter,
  Driver,
  Kysely,
  QueryCompiler,
  QueryResult,
  TransactionSettings,
} from 'kysely';
import { AppError } from '@diecast/model';
import { fromDriver } from './errors.js';
import { Mutex } from './mutex.js';

const lastOnes = new WeakSet<CompiledQuery>();

/**
 * Marks the last statement of a transaction: it is sent together with the commit, so that what it locks is not held while
 * this process gets round to reading its answer. It returns no rows.
 */
export function withCommit(query: CompiledQuery): CompiledQuery {
  lastOnes.add(query);
  return query;
}

/**
 * A connection whose errors are ours. A pipelined one waits for no answer that the next statement does not need: the begin of
 * a transaction and its first statement leave together, and its last statement and the commit.
 */
class StoreConnection implements DatabaseConnection {
  #begun: Promise<void> | undefined;
  #last: CompiledQuery | undefined;

  constructor(
    readonly inner: DatabaseConnection,
    readonly pipelined: boolean,
    readonly release: () => void,
  ) {}

  async begin(begin: () => Promise<void>): Promise<void> {
    const begun = begin();
    if (!this.pipelined) return translated(() => begun);
    this.#begun = begun;
    begun.catch(() => undefined);
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.pipelined && lastOnes.has(query)) {
      this.#last = query;
      return { rows: [] };
    }
    const [, answer] = await translated(() => Promise.all([this.#begun, this.inner.executeQuery<R>(query)]));
    this.#begun = undefined;
    return answer;
  }

  /** A commit behind a statement that failed is a rollback; what failed says why. */
  async commit(commit: () => Promise<void>): Promise<void> {
    const last = this.#last && this.inner.executeQuery(this.#last);
    const ends = await Promise.allSettled([this.#begun, last, commit()]);
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure) throw fromDriver(failure.reason);
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery<R>(query, chunkSize);
  }
}

/**
 * Wraps a Kysely driver for two reasons. Errors are translated where they arise, so that what is not the database's
 * is never mistaken for it. And PGlite is one connection: Kysely's own PGlite driver hands that connection to
 * everybody at once, so that a query beside a transaction would run inside it; `serial` gives it to one at a time.
 */
class StoreDriver implements Driver {
  readonly #inner: Driver;
  readonly #turns: Mutex | undefined;
  readonly #pipelined: boolean;
  readonly #beforeAcquire: () => void;

  constructor(inner: Driver, options: DriverOptions) {
    this.#inner = inner;
    this.#turns = options.serial ? new Mutex() : undefined;
    this.#pipelined = !options.serial;
    this.#beforeAcquire = options.beforeAcquire;
  }

  async init(): Promise<void> {
    await translated(() => this.#inner.init());
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#beforeAcquire();
    const release = (await this.#turns?.acquire()) ?? ((): void => {});
    try {
      return new StoreConnection(await this.#inner.acquireConnection(), this.#pipelined, release);
    } catch (error) {
      release();
      throw fromDriver(error);
    }
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await ours(connection).begin(() => this.#inner.beginTransaction(innerOf(connection), settings));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).commit(() => this.#inner.commitTransaction(innerOf(connection)));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await translated(() => this.#inner.rollbackTransaction(innerOf(connection)));
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    try {
      await this.#inner.releaseConnection(innerOf(connection));
    } finally {
      ours(connection).release();
    }
  }

  async destroy(): Promise<void> {
    await this.#inner.destroy();
  }
}

function ours(connection: DatabaseConnection): StoreConnection {
  if (connection instanceof StoreConnection) return connection;
  throw new AppError('internal', 'The database was given a connection that it has not made.');
}
const innerOf = (connection: DatabaseConnection): DatabaseConnection => ours(connection).inner;

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromDriver(error);
  }
}

export type DriverOptions = {
  /** One user at a time, one statement at a time. */
  readonly serial: boolean;
  /** May throw, to refuse a connection to a caller who would wait for itself. */
  readonly beforeAcquire: () => void;
};

export class StoreDialect implements Dialect {
  constructor(
    readonly inner: Dialect,
    readonly options: DriverOptions,
  ) {}

  createDriver(): Driver {
    return new StoreDriver(this.inner.createDriver(), this.options);
  }

  createQueryCompiler(): QueryCompiler {
    return this.inner.createQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return this.inner.createAdapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return this.inner.createIntrospector(db);
  }
}
