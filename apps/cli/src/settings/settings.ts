import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Connection } from '../api/client.js';
import type { Context } from '../context.js';
import { CliError, usageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';

type Environment = Context['env'];

/** Empty counts as unset (XDG Base Directory Specification). */
export function settingsFile(env: Environment): string {
  const home = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return join(home, 'diecast', 'config.json');
}

/** @throws CliError when the file is there and cannot be understood */
export async function readSettings(env: Environment): Promise<Connection | undefined> {
  const file = settingsFile(env);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw usageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const settings = parse(text);
  if (settings === undefined)
    throw usageError(`${file} is not what "diecast login" writes.`, [
      'Log in again, or remove it with "diecast logout".',
    ]);
  return settings;
}

function parse(text: string): Connection | undefined {
  try {
    const { url, token } = JSON.parse(text) as Partial<Record<string, unknown>>;
    return typeof url === 'string' && typeof token === 'string' ? { url, token } : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, and readable for nobody else at any moment. */
export async function keepSettings(env: Environment, settings: Connection): Promise<string> {
  const file = settingsFile(env);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  await chmod(fresh, 0o600);
  await rename(fresh, file);
  return file;
}

/** @returns whether there was something */
export async function forgetSettings(env: Environment): Promise<boolean> {
  try {
    await rm(settingsFile(env));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Without a slash at its end. @throws CliError */
export function toBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw usageError(`"${text}" is no address of Diecast: it must be like https://diecast.example.org.`);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw usageError(`The address of Diecast has no user, query or fragment: ${url.origin}${url.pathname}.`);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/**
 * The environment wins, variable by variable. A token that was kept for one address is never sent to another.
 * @throws CliError
 */
export async function findConnection({ env }: Pick<Context, 'env'>): Promise<Connection> {
  const fromEnv = { url: env['DIECAST_URL'] || undefined, token: env['DIECAST_TOKEN'] || undefined };
  const kept = fromEnv.url !== undefined && fromEnv.token !== undefined ? undefined : await readSettings(env);
  const from = fromEnv.url ?? kept?.url;
  if (from === undefined)
    throw usageError('Which Diecast? Nobody is logged in.', [
      '"diecast login URL" keeps its address and a token; DIECAST_URL and DIECAST_TOKEN say them once.',
    ]);
  const url = toBaseUrl(from);
  const token = fromEnv.token ?? (kept?.url === url ? kept.token : undefined);
  if (token === undefined)
    throw new CliError(EXIT.notPermitted, `There is no token for ${url}.`, [
      `"diecast login ${url}" keeps one; DIECAST_TOKEN says one once.`,
    ]);
  return { url, token };
}
