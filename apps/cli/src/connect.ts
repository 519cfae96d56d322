import { Client } from './api/client.js';
import type { Context } from './context.js';
import { findConnection } from './settings/settings.js';

/** To the Diecast of the environment or of the login. @throws CliError when there is none */
export const connect = async (context: Context): Promise<Client> =>
  new Client(await findConnection(context), context.signal);
