import { LibvirtTransportError } from '../errors.js';
import type { Credentials } from './credentials.js';
import type { Answer, Mechanism } from './mechanism.js';

/** RFC 4616. The server sees the password; the connection alone keeps it from others. */
export class Plain implements Mechanism {
  readonly name = 'PLAIN';
  readonly satisfied = true;

  constructor(private readonly credentials: Credentials) {}

  begin(): Answer {
    const { user, password } = this.credentials;
    return Buffer.from(`\0${user}\0${password}`, 'utf8');
  }

  answer(): Promise<Answer> {
    return Promise.reject(
      new LibvirtTransportError('protocol', 'the daemon asked something more after PLAIN'),
    );
  }
}
