import type { Client } from '../api/client.js';
import { CliError, usageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { Noun } from '../commands/names.js';
import { renderTable, type Column } from '../render/table.js';

/** Which ones of a kind. */
export type Filter = {
  readonly service?: string | undefined;
  readonly host?: string | undefined;
  /** Also those that are history. */
  readonly all?: boolean | undefined;
};

type Nouns = { readonly one: Noun; readonly many: `${Noun}s` };

type Definition<View> = Nouns & {
  readonly filters: readonly ('service' | 'host' | 'all')[];
  readonly columns: readonly Column<View>[];
  readonly list: (client: Client, filter: Filter) => Promise<readonly View[]>;
  readonly find: (client: Client, name: string, filter: Filter) => Promise<View>;
  /** What completion offers. */
  readonly nameOf: (view: View) => string;
};

/** What was got, and how it looks. */
export type Got = {
  readonly value: unknown;
  readonly names: readonly string[];
  table(options: { readonly now: Date; readonly wide: boolean }): readonly string[];
};

/** A kind of thing that `get` shows. */
export type Resource = Nouns & {
  readonly filters: Definition<unknown>['filters'];
  list(client: Client, filter: Filter): Promise<Got & { readonly empty: boolean }>;
  find(client: Client, name: string, filter: Filter): Promise<Got>;
};

export function defineResource<View>(definition: Definition<View>): Resource {
  const { one, many, filters, columns, nameOf } = definition;
  const got = (value: unknown, views: readonly View[]): Got => ({
    value,
    names: views.map(nameOf),
    table: (options) => renderTable(columns, views, options),
  });
  return {
    one,
    many,
    filters,
    async list(client, filter) {
      const views = await definition.list(client, filter);
      return { ...got(views, views), empty: views.length === 0 };
    },
    async find(client, name, filter) {
      const view = await definition.find(client, name, filter);
      return got(view, [view]);
    },
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const isUuid = (text: string): boolean => UUID.test(text);

/** A segment of a path, whatever is in the name. */
export const segment = (name: string): string => encodeURIComponent(name);

/**
 * The one that people mean by a name that the API does not know things by.
 * @throws CliError when there is none or more than one
 */
export function theOne<View extends { readonly id: string }>(
  noun: string,
  name: string,
  found: readonly View[],
): View {
  const [first, ...others] = found;
  if (first === undefined)
    throw new CliError(EXIT.notFound, `There is no ${noun} ${name}.`, [
      `"diecast get ${noun}s" shows what is there.`,
    ]);
  if (others.length === 0) return first;
  throw usageError(
    `More than one ${noun} is called ${name}: say which by its id.`,
    found.map(({ id }) => id),
  );
}
