import { expect, it } from '@jest/globals';
import { align, renderTable, type Column } from './table.js';

type Row = { readonly name: string; readonly size: number | null; readonly why: string };

const COLUMNS: readonly Column<Row>[] = [
  { title: 'name', cell: ({ name }) => name },
  { title: 'size', cell: ({ size }) => size },
  { title: 'why', wide: true, cell: ({ why }) => why },
];
const ROWS = [
  { name: 'a', size: 1000, why: '' },
  { name: 'a-long-name', size: null, why: 'no room' },
];
const now = new Date(0);

it('puts every cell below its title and ends no line with blanks', () => {
  expect(renderTable(COLUMNS, ROWS, { now, wide: false })).toEqual([
    'NAME          SIZE',
    'a             1000',
    'a-long-name   -',
  ]);
});

it('shows wide columns only when they are wanted', () => {
  expect(renderTable(COLUMNS, ROWS, { now, wide: true })).toEqual([
    'NAME          SIZE   WHY',
    'a             1000   -',
    'a-long-name   -      no room',
  ]);
});

it('has a head even without rows, and aligns lines of different length', () => {
  expect(renderTable(COLUMNS, [], { now, wide: false })).toEqual(['NAME   SIZE']);
  expect(align([['a', 'b'], ['aa'], ['', 'c']])).toEqual(['a    b', 'aa', '     c']);
});
