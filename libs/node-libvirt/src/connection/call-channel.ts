import { channel } from 'node:diagnostics_channel';

/** What became of a call so far: about to leave, handed to the operating system, answered (well or not). */
export type CallPhase = 'sending' | 'sent' | 'answered';

/** What subscribers of the channel `node-libvirt:call` get to see. */
export type CallMessage = { readonly procedure: string; readonly phase: CallPhase };

/**
 * Every call as it goes, for logs, figures and tests: subscribe with `node:diagnostics_channel`. Costs nothing while nobody
 * does.
 */
const calls = channel('node-libvirt:call');

export function publishCall(procedure: string, phase: CallPhase): void {
  if (calls.hasSubscribers) calls.publish({ procedure, phase } satisfies CallMessage);
}
