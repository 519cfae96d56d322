import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { LibvirtTransportError } from '../errors.js';
import type { Credentials } from './credentials.js';
import type { Answer, Mechanism } from './mechanism.js';

const stretch = promisify(pbkdf2);

/** Fewer make the password cheap to guess (RFC 7677 asks for as many); more are a way to keep our processor busy. */
const ITERATIONS = { least: 4096, most: 5_000_000 } as const;
/** "No channel binding": the header of the first message, and its repetition in the last. */
const GS2_HEADER = 'n,,';

type Hash = 'sha1' | 'sha256';
const NAMES: Readonly<Record<Hash, string>> = { sha1: 'SCRAM-SHA-1', sha256: 'SCRAM-SHA-256' };

type State =
  | { readonly step: 'first' }
  | { readonly step: 'final'; readonly serverSignature: Buffer }
  | { readonly step: 'done' };

const protocol = (message: string): LibvirtTransportError => new LibvirtTransportError('protocol', message);

/**
 * SCRAM (RFC 5802, RFC 7677): neither side shows the password, and the daemon proves that it knows it too. That proof is
 * checked; without it the exchange fails.
 */
export class Scram implements Mechanism {
  readonly name: string;
  private readonly firstBare: string;
  private state: State = { step: 'first' };

  constructor(
    private readonly hash: Hash,
    private readonly credentials: Credentials,
    private readonly nonce = randomBytes(24).toString('base64'),
  ) {
    this.name = NAMES[hash];
    const user = credentials.user.replaceAll('=', '=3D').replaceAll(',', '=2C');
    this.firstBare = `n=${user},r=${nonce}`;
  }

  get satisfied(): boolean {
    return this.state.step === 'done';
  }

  begin(): Answer {
    return Buffer.from(GS2_HEADER + this.firstBare, 'utf8');
  }

  async answer(challenge: Buffer): Promise<Answer> {
    const text = challenge.toString('utf8');
    switch (this.state.step) {
      case 'first':
        return this.prove(text);
      case 'final':
        this.checkServer(text, this.state.serverSignature);
        return null;
      case 'done':
        throw protocol(`the daemon goes on after ${this.name} was over`);
    }
  }

  private async prove(serverFirst: string): Promise<Answer> {
    const { nonce, salt, iterations } = readServerFirst(serverFirst, this.nonce);
    const length = this.digest(Buffer.alloc(0)).length;
    const salted = await stretch(this.credentials.password, salt, iterations, length, this.hash);
    const clientKey = this.hmac(salted, 'Client Key');
    const channel = Buffer.from(GS2_HEADER).toString('base64');
    const withoutProof = `c=${channel},r=${nonce}`;
    const authMessage = `${this.firstBare},${serverFirst},${withoutProof}`;
    const signature = this.hmac(this.digest(clientKey), authMessage);
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
    this.state = {
      step: 'final',
      serverSignature: this.hmac(this.hmac(salted, 'Server Key'), authMessage),
    };
    return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`, 'utf8');
  }

  private checkServer(serverFinal: string, expected: Buffer): void {
    const error = /^e=([^,]*)/.exec(serverFinal)?.[1];
    if (error !== undefined)
      throw new LibvirtTransportError('refused', `the daemon refuses this user or password (${error})`);
    const shown = Buffer.from(/^v=([A-Za-z0-9+/]+={0,2})(?:,|$)/.exec(serverFinal)?.[1] ?? '', 'base64');
    if (shown.length !== expected.length || !timingSafeEqual(shown, expected))
      throw new LibvirtTransportError(
        'refused',
        'the daemon could not prove that it knows the password: it is not the one we mean',
      );
    this.state = { step: 'done' };
  }

  private digest(data: Buffer): Buffer {
    return createHash(this.hash).update(data).digest();
  }

  private hmac(key: Buffer, data: string): Buffer {
    return createHmac(this.hash, key).update(data, 'utf8').digest();
  }
}

/** `r=nonce,s=salt,i=iterations`; extensions may follow, and a mandatory one would come first (`m=`). */
function readServerFirst(
  text: string,
  clientNonce: string,
): { readonly nonce: string; readonly salt: Buffer; readonly iterations: number } {
  const match = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/]+={0,2}),i=([1-9]\d{0,9})(?:,.*)?$/.exec(text);
  if (match === null) throw protocol('the daemon sent a SCRAM challenge that cannot be read');
  const [, nonce = '', salt = '', count = ''] = match;
  if (!nonce.startsWith(clientNonce) || nonce.length === clientNonce.length)
    throw protocol('the daemon answered a SCRAM exchange that is not this one');
  const iterations = Number(count);
  if (iterations < ITERATIONS.least || iterations > ITERATIONS.most)
    throw protocol(
      `the daemon wants ${iterations} SCRAM iterations; sound are ${ITERATIONS.least} to ${ITERATIONS.most}`,
    );
  return { nonce, salt: Buffer.from(salt, 'base64'), iterations };
}
