import { describe, expect, it } from '@jest/globals';
import { Scram } from './scram.js';

/** The examples of RFC 5802 (section 5) and RFC 7677 (section 3). */
const EXAMPLES = [
  {
    hash: 'sha1',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    clientFirst: 'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    serverFirst: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    clientFinal: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    serverFinal: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    hash: 'sha256',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    clientFirst: 'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    clientFinal:
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
] as const;
const [, rfc7677] = EXAMPLES;

const pencil = { user: 'user', password: 'pencil' };
const start = (): Scram => new Scram('sha256', pencil, rfc7677.nonce);

describe('SCRAM', () => {
  it.each(EXAMPLES)('says what the RFC says, with $hash', async (example) => {
    const scram = new Scram(example.hash, pencil, example.nonce);
    expect(scram.begin()?.toString()).toBe(example.clientFirst);
    expect((await scram.answer(Buffer.from(example.serverFirst)))?.toString()).toBe(example.clientFinal);
    expect(scram.satisfied).toBe(false);
    expect(await scram.answer(Buffer.from(example.serverFinal))).toBeNull();
    expect(scram.satisfied).toBe(true);
  });

  it('escapes the comma and the equals sign in a user name', () => {
    const scram = new Scram('sha256', { user: 'a,b=c', password: 'x' }, 'nonce');
    expect(scram.begin()?.toString()).toBe('n,,n=a=2Cb=3Dc,r=nonce');
  });

  it('draws another nonce each time', () => {
    expect(new Scram('sha256', pencil).begin()).not.toEqual(new Scram('sha256', pencil).begin());
  });

  it.each([
    ['', /cannot be read/],
    ['r=x,s=AAAA,i=4096', /not this one/],
    [`r=${rfc7677.nonce},s=AAAA,i=4096`, /not this one/],
    [`r=${rfc7677.nonce}x,s=,i=4096`, /cannot be read/],
    [`r=${rfc7677.nonce}x,s=AAAA,i=-1`, /cannot be read/],
    [`m=ext,r=${rfc7677.nonce}x,s=AAAA,i=4096`, /cannot be read/],
    [`r=${rfc7677.nonce}x,s=AAAA,i=4095`, /wants 4095 SCRAM iterations/],
    [`r=${rfc7677.nonce}x,s=AAAA,i=4294967295`, /wants 4294967295 SCRAM iterations/],
  ])('refuses the challenge %j', async (serverFirst, sentence) => {
    await expect(start().answer(Buffer.from(serverFirst))).rejects.toThrow(sentence);
  });

  it.each([
    ['v=AAAA', /could not prove/],
    ['', /could not prove/],
    [rfc7677.serverFinal.replace('6rri', '6rrj'), /could not prove/],
    ['e=invalid-proof', /refuses this user or password \(invalid-proof\)/],
  ])('does not believe a daemon that ends with %j', async (serverFinal, sentence) => {
    const scram = start();
    await scram.answer(Buffer.from(rfc7677.serverFirst));
    await expect(scram.answer(Buffer.from(serverFinal))).rejects.toThrow(sentence);
    expect(scram.satisfied).toBe(false);
  });
});
