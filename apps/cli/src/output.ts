import { Option } from 'commander';
import { stringify } from 'yaml';
import { tell, type Context } from './context.js';

const MACHINE_FORMATS = ['json', 'yaml'] as const;
export type MachineFormat = (typeof MACHINE_FORMATS)[number];
export type TableFormat = MachineFormat | 'wide';

export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'the result as one value for programs').choices(MACHINE_FORMATS);
export const tableOption = (): Option =>
  new Option('-o, --output <format>', 'one value for programs, or a table with more columns').choices([
    ...MACHINE_FORMATS,
    'wide',
  ]);

/** One value, whole, on standard output. */
export function printValue(context: Context, format: MachineFormat, value: unknown): void {
  tell(context, format === 'json' ? JSON.stringify(value, null, 2) : stringify(value).trimEnd());
}

/** A value for programs when one is asked for, else a line. */
export function printResult(
  context: Context,
  format: MachineFormat | undefined,
  value: unknown,
  line: string,
): void {
  if (format === undefined) tell(context, line);
  else printValue(context, format, value);
}
