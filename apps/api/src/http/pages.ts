import type { Page } from '@diecast/store';
import { TextField, WholeQueryField } from './fields.js';

/** What every list is asked. */
export class PageQuery {
  @WholeQueryField('Items of a page.', 1, 500, { optional: true, default: 50 })
  readonly limit?: number;

  @TextField('`nextCursor` of the page before.', { most: 1024, optional: true })
  readonly cursor?: string;
}

export type PageView<View> = { readonly items: readonly View[]; readonly nextCursor: string | null };

export const pageView = <Item, View>(page: Page<Item>, view: (item: Item) => View): PageView<View> => ({
  items: page.items.map(view),
  nextCursor: page.nextCursor,
});
