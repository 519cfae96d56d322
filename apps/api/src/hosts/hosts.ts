import { invalid } from '@diecast/platform';
import type { FieldError, Host, Operation } from '@diecast/model';
import type { Store } from '@diecast/store';
import { startOperation } from '../operations/start-operation.js';
import { hostUriProblem } from './host-uri.js';
import type { RegisterHost } from './hosts.dto.js';

/** The host is there at once, unreachable until a worker has seen it and found out what it can do. */
export function registerHost(store: Store, wanted: RegisterHost, by: string): Promise<Operation> {
  const { name, uri } = wanted;
  const migrationUri = wanted.migrationUri ?? null;
  const errors = [...uriErrors('uri', uri), ...uriErrors('migrationUri', migrationUri)];
  if (errors.length > 0) throw invalid(errors);
  return store.transaction(async (inside) => {
    await inside.hosts.insert({ name, uri, migrationUri });
    return startOperation(inside, {
      kind: 'host.register',
      input: { name },
      resources: [{ type: 'host', id: name }],
      by,
    });
  });
}

function uriErrors(path: string, uri: string | null): readonly FieldError[] {
  const message = uri === null ? undefined : hostUriProblem(uri);
  return message === undefined ? [] : [{ path, message }];
}

/** Its machines stay; no new ones come. */
export const cordonHost = (store: Store, name: string, by: string): Promise<Host> =>
  store.hosts.setStatus(name, 'cordoned', `Cordoned by ${by}.`);

/** Also the way back from a drain. */
export const uncordonHost = (store: Store, name: string): Promise<Host> =>
  store.hosts.setStatus(name, 'ready', null);

export async function drainHost(store: Store, name: string, by: string): Promise<Operation> {
  const host = await store.hosts.require(name);
  return startOperation(store, {
    kind: 'host.drain',
    input: { name: host.name },
    resources: [{ type: 'host', id: host.name }],
    by,
  });
}

/** Forgets the host. @throws AppError `in_use` while machines are on it */
export const removeHost = (store: Store, name: string): Promise<void> => store.hosts.delete(name);
