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
import { fromDriver } from './errors.js';
import { Mutex } from './mutex.js';

/** A connection whose errors are ours. */
class StoreConnection implements DatabaseConnection {
  constructor(
    readonly inner: DatabaseConnection,
    readonly release: () => void,
  ) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return await this.inner.executeQuery<R>(query);
    } catch (error) {
      throw fromDriver(error);
    }
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
  readonly #beforeAcquire: () => void;

  constructor(inner: Driver, options: DriverOptions) {
    this.#inner = inner;
    this.#turns = options.serial ? new Mutex() : undefined;
    this.#beforeAcquire = options.beforeAcquire;
  }

  async init(): Promise<void> {
    await translated(() => this.#inner.init());
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#beforeAcquire();
    const release = (await this.#turns?.acquire()) ?? ((): void => {});
    try {
      return new StoreConnection(await this.#inner.acquireConnection(), release);
    } catch (error) {
      release();
      throw fromDriver(error);
    }
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await translated(() => this.#inner.beginTransaction(innerOf(connection), settings));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await translated(() => this.#inner.commitTransaction(innerOf(connection)));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await translated(() => this.#inner.rollbackTransaction(innerOf(connection)));
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    try {
      await this.#inner.releaseConnection(innerOf(connection));
    } finally {
      if (connection instanceof StoreConnection) connection.release();
    }
  }

  async destroy(): Promise<void> {
    await this.#inner.destroy();
  }
}

const innerOf = (connection: DatabaseConnection): DatabaseConnection =>
  connection instanceof StoreConnection ? connection.inner : connection;

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromDriver(error);
  }
}

export type DriverOptions = {
  /** One user at a time. */
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
