import { ERROR_CODES } from '@diecast/model';

const RETRY = { never: 'not as it is', later: 'later', now: 'at once' } as const;

/** The text of docs/errors.md. Columns are as wide as their widest cell, which is how the formatter wants it. */
export function renderErrorsPage(): string {
  const cells = [
    ['code', 'HTTP', 'gRPC', 'again?', 'what to do'],
    ...Object.entries(ERROR_CODES).map(([code, row]) => [
      `\`${code}\``,
      String(row.http),
      `\`${row.grpc}\``,
      RETRY[row.retry],
      row.advice.replaceAll('|', '\\|'),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [
    '# Errors',
    '',
    'Every error has a code. It is stable: branch on it. Over REST an error is an `application/problem+json` (RFC 9457) with the',
    'members `type`, `title`, `status`, `detail`, `code`, `instance`, `advice`, `requestId` and, where they help, `errors` (every',
    'wrong field with its path) and `details` (facts for machines). Over gRPC the code is in the trailer `diecast-code`. An operation',
    'that failed or is stuck has the same codes in its `error`.',
    '',
    line(head),
    line(widths.map((width) => '-'.repeat(width))),
    ...body.map(line),
    '',
    'This page is made from the table in `libs/model/src/errors.ts`; a test holds it against it.',
    '',
  ].join('\n');
}
