import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LibvirtError } from '@diecast/node-libvirt';

const SCRIPT = join(import.meta.dirname, 'libvirt-python.py');

/** A value in the one form in which it is compared: numbers as text, bytes as hex, errors by all their fields. */
export type Normal =
  | string
  | null
  | { readonly number: string }
  | { readonly bytes: string }
  | readonly Normal[]
  | { readonly [name: string]: Normal };

/** libvirt's own client, driven from Debian's Python. */
export type PythonLibvirt = {
  /** What an expression gives, or the error that libvirt gives. @throws Error for a mistake in the expression */
  evaluate(expression: string): Promise<Normal>;
  stop(): Promise<void>;
};

export function startPythonLibvirt(socket: string): PythonLibvirt {
  const child = spawn('/usr/bin/python3', [SCRIPT, socket], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async evaluate(expression) {
      child.stdin.write(`${JSON.stringify(expression)}\n`);
      const { value: line, done } = await lines.next();
      if (done === true) throw new Error(`python ended at ${expression}`);
      const answer = JSON.parse(line) as { value?: Normal; error?: Normal; mistake?: string };
      if (answer.mistake !== undefined) throw new Error(`${expression}: ${answer.mistake}`);
      return answer.error === undefined ? (answer.value ?? null) : { error: answer.error };
    },
    async stop() {
      if (child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}

const counters = new Set(['ret', 'nparams', 'nerrors']);
const isTypedParam = (value: unknown): value is { readonly field: string; readonly value: unknown } =>
  typeof value === 'object' && value !== null && 'field' in value && 'value' in value;

/**
 * Our answers in that form. As libvirt's binding for Python does it, an answer of one field is that field, parameters are a
 * dictionary, and what only counts the others is left out.
 */
export function normalAnswer(answer: unknown): Normal {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer) || Buffer.isBuffer(answer))
    return normal(answer);
  const fields = Object.entries(answer).filter(([name]) => !counters.has(name));
  if (fields.length === 0)
    return Object.keys(answer).length === 0 ? 'done' : normal(Object.values(answer)[0]);
  return fields.length === 1 ? normal(fields[0]?.[1]) : fields.map(([, value]) => normal(value));
}

export function normal(value: unknown): Normal {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return { number: value ? '1' : '0' };
  if (typeof value === 'number' || typeof value === 'bigint') return { number: String(value) };
  if (Buffer.isBuffer(value)) return { bytes: value.toString('hex') };
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isTypedParam))
      return Object.fromEntries(value.map((each) => [each.field, normal(each.value)]));
    return value.map(normal);
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, normal(each)]));
}

export const normalError = (error: unknown): Normal => {
  if (!(error instanceof LibvirtError)) throw error;
  const { code, domain, message, level, strings, integers } = error;
  const [str1, str2, str3] = strings;
  const [int1, int2] = integers;
  return { error: normal({ code, domain, message, level, str1, str2, str3, int1, int2 }) };
};
