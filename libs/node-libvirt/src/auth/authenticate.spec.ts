import { describe, expect, it } from '@jest/globals';
import { VIR_ERR } from '../constants/error.js';
import { LibvirtError, LibvirtTransportError } from '../errors.js';
import { parseLibvirtUri } from '../uri.js';
import { ANONYMOUS, authenticate, choicesFor, type AuthChoices } from './authenticate.js';
import type { Call } from './sasl.js';

type Reply = object | Error;

/** A daemon that answers each procedure with what was laid out for it, in turn. */
function daemon(script: Readonly<Record<string, readonly Reply[]>>): {
  readonly call: Call;
  readonly asked: [string, unknown][];
} {
  const asked: [string, unknown][] = [];
  const turns = new Map(Object.entries(script).map(([name, replies]) => [name, [...replies]]));
  const call: Call = (procedure, args) => {
    asked.push([procedure.name, args]);
    const reply = turns.get(procedure.name)?.shift() ?? new Error(`${procedure.name} was not expected`);
    // What the test laid out stands for what the codec would have read.
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply as never);
  };
  return { call, asked };
}

const sasl = (
  mechlist: string,
  script: Readonly<Record<string, readonly Reply[]>> = {},
): ReturnType<typeof daemon> =>
  daemon({ AUTH_LIST: [{ types: [1] }], AUTH_SASL_INIT: [{ mechlist }], ...script });
const said = (complete: boolean, text: string | null): Reply => ({
  complete,
  nil: text === null ? 1 : 0,
  data: Buffer.from(text ?? ''),
});
const refusal = new LibvirtError(
  {
    code: VIR_ERR.AUTH_FAILED,
    domain: 7,
    level: 2,
    message: 'authentication failed',
    strings: [],
    integers: [0, 0],
  },
  'AUTH_SASL_START',
);

const choices: AuthChoices = {
  where: 'host',
  secrecy: 'private',
  wanted: undefined,
  credentials: () => Promise.resolve({ user: 'fred', password: 'secret' }),
};
const failure = async (call: Call, more: Partial<AuthChoices> = {}): Promise<string> => {
  const error = await authenticate(call, { ...choices, ...more }).catch((thrown: unknown) => thrown);
  if (!(error instanceof LibvirtTransportError))
    throw new Error('it did not fail as it should', { cause: error });
  return `${error.failure}: ${error.message}`;
};

describe('Authentication', () => {
  it.each([[[]], [[0]], [[0, 1]]])('needs nothing for the list %j', async (types) => {
    expect(await authenticate(daemon({ AUTH_LIST: [{ types }] }).call, ANONYMOUS)).toBe('none');
  });

  it('takes what the daemon names first, or what the URI wants', async () => {
    const types = [2, 1];
    const polkit = daemon({ AUTH_LIST: [{ types }], AUTH_POLKIT: [{}] });
    expect(await authenticate(polkit.call, choices)).toBe('polkit');
    const wanted = daemon({
      AUTH_LIST: [{ types }],
      AUTH_SASL_INIT: [{ mechlist: 'PLAIN' }],
      AUTH_SASL_START: [said(true, null)],
    });
    expect(await authenticate(wanted.call, { ...choices, wanted: 'SASL' })).toBe('PLAIN');
  });

  it.each([
    [[1], 'polkit', /offers the authentication sasl; auth=polkit wants another/],
    [[7], undefined, /offers the authentication 7; we speak none, sasl and polkit/],
    [[1], 'kerberos', /auth=kerberos is not sasl, sasl\.MECHANISM or polkit/],
  ])('is refused for the list %j and auth=%s', async (types, wanted, sentence) => {
    expect(await failure(daemon({ AUTH_LIST: [{ types }] }).call, { wanted })).toMatch(sentence);
  });
});

describe('SASL', () => {
  it('sends name and password by PLAIN when that is what both speak', async () => {
    const { call, asked } = sasl('GSSAPI,PLAIN', { AUTH_SASL_START: [said(true, null)] });
    expect(await authenticate(call, choices)).toBe('PLAIN');
    expect(asked.at(-1)).toEqual([
      'AUTH_SASL_START',
      { mech: 'PLAIN', nil: 0, data: Buffer.from('\0fred\0secret') },
    ]);
  });

  it.each([
    [
      'GSSAPI DIGEST-MD5',
      {},
      /^refused: host asks for SASL and offers GSSAPI, DIGEST-MD5; we speak SCRAM-SHA-256, PLAIN$/,
    ],
    ['', {}, /offers no mechanism/],
    ['PLAIN', { wanted: 'sasl.gssapi' }, /auth=sasl\.GSSAPI was wanted, and we speak SCRAM-SHA-256, PLAIN/],
    ['PLAIN', { wanted: 'sasl.scram-sha-256' }, /auth=sasl\.SCRAM-SHA-256 was wanted/],
    ['SCRAM-SHA-256,PLAIN', { secrecy: 'open' }, /over plain TCP .* use \+tls or \+ssh$/],
    ['PLAIN', { secrecy: 'unverified' }, /no_verify=1 PLAIN would give the password to whoever answers/],
    [
      'PLAIN',
      { credentials: () => Promise.resolve(undefined) },
      /asks for a user and a password \(PLAIN\), and none are known/,
    ],
  ] as const)('says nothing to a daemon that offers %j, given %j', async (mechlist, more, sentence) => {
    const { call, asked } = sasl(mechlist);
    expect(await failure(call, more)).toMatch(sentence);
    expect(asked.map(([name]) => name)).toEqual(['AUTH_LIST', 'AUTH_SASL_INIT']);
  });

  it('gives the password by PLAIN to an unchecked peer only if told to', async () => {
    const { call } = sasl('PLAIN', { AUTH_SASL_START: [said(true, null)] });
    expect(await authenticate(call, { ...choices, secrecy: 'unverified', wanted: 'sasl.plain' })).toBe(
      'PLAIN',
    );
  });

  it('names the user whom the daemon refuses', async () => {
    const { call } = sasl('PLAIN', { AUTH_SASL_START: [refusal] });
    expect(await failure(call)).toBe(
      'refused: host refused the user "fred" by PLAIN: the name or the password is wrong',
    );
  });

  it('SPEC-VIRT-2: does not believe a daemon that is content before it has proven itself', async () => {
    const { call } = sasl('SCRAM-SHA-256', { AUTH_SASL_START: [said(true, null)] });
    expect(await failure(call)).toMatch(
      /^refused: the daemon ends the SCRAM-SHA-256 exchange without having proven/,
    );
    const empty = sasl('SCRAM-SHA-256', { AUTH_SASL_START: [said(true, '')] });
    expect(await failure(empty.call)).toMatch(/without having proven/);
  });

  it('ends an exchange that does not end', async () => {
    const { call } = sasl('PLAIN', {
      AUTH_SASL_START: [said(false, null)],
      AUTH_SASL_STEP: Array.from({ length: 20 }, () => said(false, '')),
    });
    expect(await failure(call)).toMatch(/^protocol: the PLAIN exchange with the daemon does not end$/);
  });

  it('does not show a password with characters that no password has', async () => {
    const credentials = (): Promise<{ user: string; password: string }> =>
      Promise.resolve({ user: 'fred', password: 'se\u0007cret' });
    const message = await failure(sasl('PLAIN').call, { credentials });
    expect(message).toMatch(
      /^refused: the password of "fred" cannot be one: it has a control or private character/,
    );
    expect(message).not.toContain('cret');
  });

  it('breaks off with a daemon that asks on after PLAIN', async () => {
    const { call } = sasl('PLAIN', { AUTH_SASL_START: [said(false, 'more')] });
    expect(await failure(call)).toMatch(/^protocol: the daemon asked something more after PLAIN/);
  });
});

describe('What is known of a connection', () => {
  it.each([
    ['qemu:///system', 'private'],
    ['qemu+ssh://h/system?no_verify=1', 'private'],
    ['qemu://h/system', 'private'],
    ['qemu://h/system?no_verify=1', 'unverified'],
    ['qemu+tcp://h/system', 'open'],
  ])('by %s is that it is %s', (uri, secrecy) => {
    expect(choicesFor(parseLibvirtUri(uri)).secrecy).toBe(secrecy);
  });

  it('comes with the credentials of the caller', async () => {
    const given = { user: 'a', password: 'b' };
    const uri = parseLibvirtUri('qemu://h/system?auth=sasl.plain');
    expect(await choicesFor(uri, given).credentials()).toBe(given);
    expect(await choicesFor(uri, () => Promise.resolve(given)).credentials()).toBe(given);
    expect(choicesFor(uri).wanted).toBe('sasl.plain');
  });
});
