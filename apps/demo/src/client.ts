import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorRecord, OperationStatus, Progress } from '@diecast/model';

/** An operation as the API answers it. */
export type OperationView = {
  readonly id: string;
  readonly kind: string;
  readonly status: OperationStatus;
  readonly progress: Progress;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly error: ErrorRecord | null;
};

export type InstanceView = {
  readonly id: string;
  readonly service: string;
  readonly iteration: number;
  readonly host: string | null;
  readonly status: string;
  readonly address: string | null;
  readonly inTraffic: boolean;
};

export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

const isOver = (operation: OperationView): boolean => !['pending', 'running'].includes(operation.status);

/** A small client of the REST API; everything the demo does goes through it. */
export class Client {
  constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new DemoFailure(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  /** Starts an operation and follows it to its end. @throws DemoFailure when it does not succeed */
  async run(
    method: string,
    path: string,
    body: unknown,
    onProgress: (progress: Progress) => void,
  ): Promise<OperationView> {
    const started = await this.call<OperationView>(method, path, body);
    return this.follow(started.id, onProgress);
  }

  async follow(
    id: string,
    onProgress: (progress: Progress) => void,
    deadlineSeconds = 300,
  ): Promise<OperationView> {
    const deadline = Date.now() + deadlineSeconds * 1000;
    for (;;) {
      const operation = await this.get<OperationView>(`/v1/operations/${id}`);
      onProgress(operation.progress);
      if (operation.status === 'succeeded') return operation;
      if (isOver(operation)) {
        throw new DemoFailure(
          `${operation.kind} ${operation.status}: ${operation.error?.code} ${operation.error?.message}`,
        );
      }
      if (Date.now() > deadline)
        throw new DemoFailure(`${operation.kind} did not end within ${deadlineSeconds} s.`);
      await sleep(250);
    }
  }

  async instances(service: string): Promise<readonly InstanceView[]> {
    const page = await this.get<{ items: readonly InstanceView[] }>(
      `/v1/instances?service=${service}&limit=100`,
    );
    return page.items.filter((instance) => !['discontinued', 'failed'].includes(instance.status));
  }
}
