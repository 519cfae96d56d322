/** A column of a table for people. */
export type Column<Row> = {
  readonly title: string;
  /** Shown by `-o wide` alone. */
  readonly wide?: true;
  /** Empty: shown as `-`. */
  readonly cell: (row: Row, now: Date) => string | number | null;
};

const GAP = '   ';

/** Lines of columns that begin under their titles; the last one is not padded. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { now, wide }: { readonly now: Date; readonly wide: boolean },
): readonly string[] {
  const shown = columns.filter((column) => wide || column.wide !== true);
  const cells = rows.map((row) => shown.map(({ cell }) => orDash(cell(row, now))));
  return align([shown.map(({ title }) => title.toUpperCase()), ...cells]);
}

const orDash = (value: string | number | null): string =>
  value === null || value === '' ? '-' : String(value);

/** Every line with its cells below those of the line before. */
export function align(lines: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const line of lines)
    line.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}
