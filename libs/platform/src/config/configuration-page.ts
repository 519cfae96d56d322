import { z } from 'zod';
import { schema } from './schema.js';

export type ConfigRow = {
  readonly variable: string;
  readonly default: string | null;
  readonly meaning: string;
};

/** One row per variable, taken from the schema itself. */
export const CONFIG_TABLE: readonly ConfigRow[] = Object.entries(
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).properties ?? {},
).map(([variable, property]) => {
  const { default: preset, description } = typeof property === 'object' ? property : {};
  return {
    variable,
    default: typeof preset === 'string' ? preset : null,
    meaning: description ?? '',
  };
});

/** The text of docs/configuration.md. Columns are as wide as their widest cell, which is how the formatter wants it. */
export function renderConfigurationPage(rows: readonly ConfigRow[] = CONFIG_TABLE): string {
  const cells = [
    ['variable', 'default', 'meaning'],
    ...rows.map((row) => [
      `\`${row.variable}\``,
      row.default === null ? '' : `\`${row.default}\``,
      row.meaning.replaceAll('|', '\\|'),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [
    '# Configuration',
    '',
    'Diecast is configured by environment variables, read once when a program starts. A wrong value ends the program with one',
    'line that names the variable, and exit code 78. An empty variable counts as unset, except `DIECAST_IMAGE_PATHS`.',
    '',
    line(head),
    line(widths.map((width) => '-'.repeat(width))),
    ...body.map(line),
    '',
    'This page is made from the schema in `libs/platform/src/config/schema.ts`; a test holds it against it.',
    '',
  ].join('\n');
}
