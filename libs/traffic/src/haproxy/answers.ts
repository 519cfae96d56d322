import { AppError, type Served } from '@diecast/model';
import type { ServerState } from '../balancer.js';

/** What HAProxy's runtime API says, read. Everything here @throws AppError `balancer_failed` for what it cannot read. */

export type ServerStateRow = {
  readonly backend: string;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly state: ServerState;
  readonly weight: number;
  readonly secondsInState: number;
};

type Row = ReadonlyMap<string, string>;

const unreadable = (what: string): AppError =>
  new AppError('balancer_failed', `HAProxy's answer cannot be read: ${what}.`);

/** Lines of an answer that is a table. HAProxy ends a whole one with an empty line. */
function linesOf(answer: string): readonly string[] {
  if (!answer.endsWith('\n\n')) throw unreadable('it does not end where an answer ends');
  return answer.split('\n').filter((line) => line !== '');
}

function rowsOf(
  lines: readonly string[],
  split: (line: string) => readonly string[],
  needed: readonly string[],
): readonly Row[] {
  const [head, ...rest] = lines;
  if (head?.startsWith('# ') !== true) throw unreadable('it has no line of column names');
  const names = split(head.slice(2));
  const missing = needed.find((name) => !names.includes(name));
  if (missing !== undefined) throw unreadable(`it has no column ${missing}`);
  return rest.map((line) => {
    const values = split(line);
    if (values.length !== names.length) {
      throw unreadable(`a line has ${values.length} values for ${names.length} columns`);
    }
    return new Map(names.map((name, index) => [name, values[index] ?? '']));
  });
}

const words = (line: string): readonly string[] => line.trimEnd().split(' ');

/** One line of CSV; a value in quotes may hold commas and doubled quotes. */
export function splitCsv(line: string): readonly string[] {
  const values: string[] = [];
  const value = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const found = value.exec(line);
    if (found === null) throw unreadable('a line is no CSV');
    values.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '') return values;
  }
}

const textIn = (row: Row, name: string): string => row.get(name) ?? '';

function numberIn(row: Row, name: string): number {
  const text = textIn(row, name);
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw unreadable(`${name} is "${text.slice(0, 40)}" and should be a number`);
}

/** Bits of `srv_admin_state`: forced, inherited, by configuration, for want of an address. */
const MAINT_BITS = 0x01 | 0x02 | 0x04 | 0x20;
const DRAIN_BITS = 0x08 | 0x10;

const stateOf = (adminState: number): ServerState => {
  if ((adminState & MAINT_BITS) !== 0) return 'maint';
  return (adminState & DRAIN_BITS) === 0 ? 'ready' : 'drain';
};

const STATE_COLUMNS = [
  'be_name',
  'srv_name',
  'srv_addr',
  'srv_port',
  'srv_admin_state',
  'srv_uweight',
  'srv_time_since_last_change',
];

/** `show servers state`, version 1. */
export function readServerStates(answer: string): readonly ServerStateRow[] {
  const [version, ...lines] = linesOf(answer);
  if (version !== '1') throw unreadable('its version is not 1');
  return rowsOf(lines, words, STATE_COLUMNS).map((row) => ({
    backend: textIn(row, 'be_name'),
    name: textIn(row, 'srv_name'),
    address: textIn(row, 'srv_addr'),
    port: numberIn(row, 'srv_port'),
    state: stateOf(numberIn(row, 'srv_admin_state')),
    weight: numberIn(row, 'srv_uweight'),
    secondsInState: numberIn(row, 'srv_time_since_last_change'),
  }));
}

type ServerLoad = { readonly requests: number; readonly served: Served };
export type Load = {
  readonly backends: ReadonlySet<string>;
  /** By `backend/server`. */
  readonly loads: ReadonlyMap<string, ServerLoad>;
};

const LOAD_COLUMNS = [
  ...['pxname', 'svname', 'type', 'qcur', 'scur'],
  ...['lbtot', 'req_tot', 'hrsp_5xx', 'econ', 'eresp', 'srv_abrt'],
];

/** `show stat` of backends (type 1) and servers (type 2). */
export function readLoad(answer: string): Load {
  const backends = new Set<string>();
  const loads = new Map<string, ServerLoad>();
  for (const row of rowsOf(linesOf(answer), splitCsv, LOAD_COLUMNS)) {
    const backend = textIn(row, 'pxname');
    const type = textIn(row, 'type');
    if (type === '1') backends.add(backend);
    if (type === '2') {
      const requests = numberIn(row, 'qcur') + numberIn(row, 'scur');
      loads.set(`${backend}/${textIn(row, 'svname')}`, { requests, served: servedIn(row) });
    }
  }
  return { backends, loads };
}

/**
 * How often it was chosen for a request (`lbtot`; those that a stick table chose for are only in `req_tot`, which has those
 * that were answered), and how often a client saw it fail: a status of 500 or more, no connection after all retries, no
 * answer or a broken one. An answer that breaks off is in `eresp` and `srv_abrt` both, in mode tcp in the latter alone.
 * What another machine answered in its place and what a client broke off (`cli_abrt`) is no failure.
 */
function servedIn(row: Row): Served {
  const count = (name: string): number => (textIn(row, name) === '' ? 0 : numberIn(row, name));
  return {
    requests: Math.max(count('lbtot'), count('req_tot')),
    failures: count('hrsp_5xx') + count('econ') + Math.max(count('eresp'), count('srv_abrt')),
  };
}

/** Columns of `show servers conn` up to `idle_cur`; what follows has a value for each thread, or none. */
const CONNECTION_COLUMNS = 13;

/** `show servers conn BACKEND`: connections of the server that are open, in use or kept; 0 for one that is not there. */
export function readConnections(answer: string, server: string): number {
  const split = (line: string): readonly string[] => words(line).slice(0, CONNECTION_COLUMNS);
  const rows = rowsOf(linesOf(answer), split, ['bkname/svname', 'used_cur', 'idle_cur']);
  const row = rows.find((row) => textIn(row, 'bkname/svname') === server);
  return row === undefined ? 0 : numberIn(row, 'used_cur') + numberIn(row, 'idle_cur');
}

/**
 * Behind `set severity-output number`: the words of a refusal, or undefined when HAProxy did what it was told. What it did
 * is answered with nothing or with one line that is no warning; a command that it does not know, with its help.
 */
export function readRefusal(answer: string): string | undefined {
  const lines = answer.split('\n').filter((line) => line !== '');
  const [first, ...rest] = lines;
  if (first === undefined) return undefined;
  const [, severity, text] = /^\[(\d)\]: (.*)$/.exec(first) ?? [];
  const isFine = rest.length === 0 && severity !== undefined && Number(severity) > 4;
  return isFine ? undefined : (text ?? first).slice(0, 200);
}
