import { VIR_ERR } from '../constants/error.js';
import { LibvirtError, LibvirtTransportError } from '../errors.js';
import { sessionProcedures as session } from '../procedures/session.js';
import type { LibvirtUri } from '../uri.js';
import { credentialsOnFile, type Credentials, type CredentialSource } from './credentials.js';
import { chooseMechanism, type Secrecy } from './choose-mechanism.js';
import { saslPrepare } from './saslprep.js';
import { exchange, type Call } from './sasl.js';

/** What is known of the user and of the connection. */
export type AuthChoices = {
  /** The daemon, for messages to people. */
  readonly where: string;
  readonly secrecy: Secrecy;
  /** `sasl`, `sasl.MECHANISM` or `polkit`, if only that will do. */
  readonly wanted: string | undefined;
  readonly credentials: CredentialSource;
};

/** Nobody, over a connection of which nothing is known. */
export const ANONYMOUS: AuthChoices = {
  where: 'the daemon',
  secrecy: 'open',
  wanted: undefined,
  credentials: () => Promise.resolve(undefined),
};

/** What AUTH_LIST answers (REMOTE_AUTH_* in libvirt). */
const AUTH = { NONE: 0, SASL: 1, POLKIT: 2 } as const;
const NAMES: Readonly<Record<number, string>> = { 0: 'none', 1: 'sasl', 2: 'polkit' };

/** How the daemon was satisfied: `none`, `polkit` or the SASL mechanism. */
export type Authenticated = 'none' | 'polkit' | 'SCRAM-SHA-256' | 'PLAIN';

/** What the URI and the caller say about who we are; without the caller's word it is in libvirt's file of credentials. */
export function choicesFor(uri: LibvirtUri, given?: Credentials | CredentialSource): AuthChoices {
  const { auth, authfile, verify } = uri.options;
  const host = uri.host ?? 'localhost';
  return {
    where: uri.host ?? `the daemon of ${uri.name}`,
    secrecy: uri.transport === 'tcp' ? 'open' : uri.transport === 'tls' && !verify ? 'unverified' : 'private',
    wanted: auth,
    credentials:
      given === undefined
        ? credentialsOnFile(host, authfile)
        : typeof given === 'function'
          ? given
          : () => Promise.resolve(given),
  };
}

/**
 * Tells the daemon who we are, in the way that it asks for. Must be the first on every connection.
 *
 * @throws LibvirtTransportError `refused` with what the daemon offers and what would be right; `protocol` for a daemon that
 * breaks the rules of an exchange; whatever `call` throws
 */
export async function authenticate(call: Call, choices: AuthChoices): Promise<Authenticated> {
  const { types } = await call(session.authList, {});
  switch (chooseType(types, choices)) {
    case AUTH.NONE:
      return 'none';
    case AUTH.POLKIT:
      await askPolkit(call, choices);
      return 'polkit';
    case AUTH.SASL:
      return useSasl(call, choices);
  }
}

/** The daemon's first, unless the URI wants another. Like libvirt's client we take no list for "none". */
function chooseType(types: readonly number[], choices: AuthChoices): 0 | 1 | 2 {
  const offered = types.map((type) => NAMES[type] ?? String(type)).join(', ');
  const refused = (why: string): LibvirtTransportError =>
    new LibvirtTransportError('refused', `${choices.where}: ${why}`);
  const known = types.filter((type) => type === AUTH.NONE || type === AUTH.SASL || type === AUTH.POLKIT);
  if (types.length === 0) return AUTH.NONE;
  const word = choices.wanted?.toLowerCase().split('.', 1)[0];
  if (word !== undefined && word !== 'sasl' && word !== 'polkit')
    throw refused(`auth=${choices.wanted} is not sasl, sasl.MECHANISM or polkit`);
  const chosen = word === undefined ? known[0] : known.find((type) => NAMES[type] === word);
  if (chosen === undefined)
    throw refused(
      `the daemon offers the authentication ${offered}; ${word === undefined ? 'we speak none, sasl and polkit' : `auth=${choices.wanted} wants another`}`,
    );
  return chosen;
}

async function askPolkit(call: Call, { where }: AuthChoices): Promise<void> {
  try {
    await call(session.authPolkit, {});
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new LibvirtTransportError(
      'refused',
      `${where}: polkit does not let this user manage libvirt; members of the group libvirt may, or whom a rule for org.libvirt.unix.manage names (${error.message})`,
      error,
    );
  }
}

async function useSasl(call: Call, choices: AuthChoices): Promise<Authenticated> {
  const offered = await listMechanisms(call);
  const chosen = chooseMechanism(offered, choices);
  const credentials = await choices.credentials();
  if (credentials === undefined)
    throw new LibvirtTransportError(
      'refused',
      `${choices.where} asks for a user and a password (${offered.join(', ')}), and none are known: give them, or put them into libvirt's auth.conf`,
    );
  try {
    await exchange(call, chosen.create(prepare(credentials)));
    return chosen.name;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new LibvirtTransportError(
      'refused',
      `${choices.where} refused the user "${credentials.user}" by ${chosen.name}: the name or the password is wrong`,
      error,
    );
  }
}

/** A daemon that has no mechanism strong enough for the connection refuses to list any. */
async function listMechanisms(call: Call): Promise<readonly string[]> {
  try {
    const { mechlist } = await call(session.authSaslInit, {});
    return mechlist.split(/[\s,]+/).filter((name) => name !== '');
  } catch (error) {
    if (isRefusal(error)) return [];
    throw error;
  }
}

/** Both in the spelling that the daemon compares. A password is in no message. */
function prepare({ user, password }: Credentials): Credentials {
  const word = (what: string, text: string): string => {
    try {
      return saslPrepare(text);
    } catch (error) {
      const why = error instanceof TypeError ? error.message : String(error);
      throw new LibvirtTransportError('refused', `${what} cannot be one: ${why}`, error);
    }
  };
  return { user: word('the user name', user), password: word(`the password of "${user}"`, password) };
}

const REFUSALS: ReadonlySet<number> = new Set([
  VIR_ERR.AUTH_FAILED,
  VIR_ERR.AUTH_CANCELLED,
  VIR_ERR.AUTH_UNAVAILABLE,
]);

const isRefusal = (error: unknown): error is LibvirtError =>
  error instanceof LibvirtError && REFUSALS.has(error.code);
