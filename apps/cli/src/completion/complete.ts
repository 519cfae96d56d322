import type { Command } from 'commander';
import { Client } from '../api/client.js';
import type { Noun } from '../commands/names.js';
import { tell, type Context } from '../context.js';
import { resourceNamed } from '../resources/all.js';
import { findConnection } from '../settings/settings.js';
import { candidatesFor, type Candidates } from './candidates.js';

/** Longer, and whoever presses Tab thinks that it hangs. */
const LONGEST_MS = 1_000;

/** What the scripts take as "offer files". */
export const FILES = ':files';

/** Prints what may stand in the place of the last word, one a line. Whatever goes wrong, it says nothing. */
export async function complete(context: Context, program: Command, words: readonly string[]): Promise<void> {
  const candidates = candidatesFor(program, words);
  if (candidates.kind === 'files') return tell(context, FILES);
  const begun = words.at(-1) ?? '';
  for (const word of await wordsOf(context, candidates)) if (word.startsWith(begun)) tell(context, word);
}

const wordsOf = async (
  context: Context,
  candidates: Exclude<Candidates, { kind: 'files' }>,
): Promise<readonly string[]> =>
  candidates.kind === 'words' ? candidates.words : namesOf(context, candidates.noun).catch(() => []);

async function namesOf(context: Context, noun: Noun): Promise<readonly string[]> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(LONGEST_MS)]);
  const client = new Client(await findConnection(context), signal, []);
  return (await resourceNamed(noun)?.list(client, {}))?.names ?? [];
}
