import type { Command } from 'commander';
import { Client, type Connection } from '../api/client.js';
import { say, type Context } from '../context.js';
import { usageError } from '../errors.js';
import { askSecret, readAll } from '../settings/ask.js';
import { forgetSettings, keepSettings, toBaseUrl } from '../settings/settings.js';

export function addSessionCommands(program: Command, context: Context): void {
  program
    .command('login')
    .summary('keep the address of a Diecast and a token for it')
    .description(
      'Keeps the address of a Diecast and a token for it, once the API has taken the token: in\n' +
        '$XDG_CONFIG_HOME/diecast/config.json, readable for you alone.',
    )
    .argument('<url>', 'address of the API, as https://diecast.example.org')
    .option('--token-stdin', 'read the token from standard input; without it you are asked')
    .action(async (url: string, options: { tokenStdin?: true }) => logIn(context, url, options));
  program
    .command('logout')
    .summary('forget the token')
    .description(
      'Forgets the address and the token. The token stays valid: only an administrator can revoke it.',
    )
    .action(async () => {
      const forgotten = await forgetSettings(context.env);
      say(context, forgotten ? 'Logged out.' : 'Nobody was logged in.');
    });
}

async function logIn(context: Context, url: string, { tokenStdin }: { tokenStdin?: true }): Promise<void> {
  const connection = { url: toBaseUrl(url), token: await readToken(context, tokenStdin === true) };
  if (isOpenToAll(connection))
    say(context, `Mind that ${connection.url} is plain http: whoever is on the way reads the token.`);
  await new Client(connection, context.signal).get('/v1/hosts', { limit: 1 });
  const file = await keepSettings(context.env, connection);
  say(context, `Logged in at ${connection.url}; kept in ${file}.`);
  for (const variable of ['DIECAST_URL', 'DIECAST_TOKEN'])
    if (context.env[variable]) say(context, `Mind that ${variable} is set, and wins.`);
}

async function readToken(context: Context, fromInput: boolean): Promise<string> {
  if (!fromInput && context.stdin.isTTY !== true)
    throw usageError('There is no terminal to ask for the token: pipe it in with --token-stdin.');
  const token = fromInput ? (await readAll(context)).trim() : await askSecret(context, 'Token: ');
  // It becomes a header, where nothing else may stand.
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw usageError(
    token === ''
      ? 'The token is empty.'
      : 'That is no token: it has a space, a line break or the like in it.',
  );
}

const isOpenToAll = ({ url }: Connection): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
};
