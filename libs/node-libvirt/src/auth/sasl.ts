import { LibvirtTransportError } from '../errors.js';
import type { Procedure } from '../procedures/procedure.js';
import { sessionProcedures as session } from '../procedures/session.js';
import type { Answer, Mechanism } from './mechanism.js';

/** One round trip. */
export type Call = <A, R>(procedure: Procedure<A, R>, args: A) => Promise<R>;

/** More than any mechanism needs; an exchange that goes on is one with a daemon that means no good. */
const MOST_ROUNDS = 8;

type Reply = { readonly complete: boolean; readonly nil: number; readonly data: Buffer };

const message = (answer: Answer): { readonly nil: number; readonly data: Buffer } => ({
  nil: answer === null ? 1 : 0,
  data: answer ?? Buffer.alloc(0),
});

/**
 * The exchange of one mechanism over libvirt's calls. It ends when the daemon says that it is complete and the mechanism is
 * satisfied: a daemon that says so before it has proven itself is not believed.
 */
export async function exchange(call: Call, mechanism: Mechanism): Promise<void> {
  let reply: Reply = await call(session.authSaslStart, {
    mech: mechanism.name,
    ...message(mechanism.begin()),
  });
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const answer = await answerTo(reply, mechanism);
    if (reply.complete) {
      if (mechanism.satisfied) return;
      throw new LibvirtTransportError(
        'refused',
        `the daemon ends the ${mechanism.name} exchange without having proven that it knows the password`,
      );
    }
    reply = await call(session.authSaslStep, message(answer));
  }
  throw new LibvirtTransportError('protocol', `the ${mechanism.name} exchange with the daemon does not end`);
}

/** Once satisfied, only an empty message may come, which is answered with nothing. */
async function answerTo(reply: Reply, mechanism: Mechanism): Promise<Answer> {
  if (mechanism.satisfied && reply.data.length === 0) return null;
  if (reply.complete && reply.data.length === 0) return null;
  return mechanism.answer(reply.data);
}
