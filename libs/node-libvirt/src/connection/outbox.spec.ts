import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { Outbox } from './outbox.js';

const bytes = (text: string): Buffer => Buffer.from(text);
/** Keeps what every single write was, and lets it be through when the test says so. */
function record(socket: Writable): { writes: string[]; through: () => void } {
  const state = { writes: [] as string[], through: (): void => undefined };
  const keep = (written: string, callback: () => void): void => {
    state.writes.push(written);
    state.through = callback;
  };
  Object.assign(socket, {
    _writev: (parts: readonly { readonly chunk: Buffer }[], callback: () => void) =>
      keep(Buffer.concat(parts.map(({ chunk }) => chunk)).toString(), callback),
    _write: (chunk: Buffer, _encoding: unknown, callback: () => void) => keep(chunk.toString(), callback),
  });
  return state;
}

describe('the outbox', () => {
  it('writes at once what leaves in the same turn', async () => {
    const socket = new Writable();
    const state = record(socket);
    const outbox = new Outbox(socket);
    const sent: string[] = [];
    outbox.send([bytes('head'), bytes('payload ')], () => sent.push('first'));
    outbox.send([bytes('second')], () => sent.push('second'));
    await turn();
    expect(state.writes).toEqual(['headpayload second']);
    expect(sent).toEqual([]);
    state.through();
    await turn();
    expect(sent).toEqual(['first', 'second']);
  });

  it('writes over TLS one packet, whole, and the next when it is through', async () => {
    const socket = new TLSSocket(new Socket());
    const state = record(socket);
    const outbox = new Outbox(socket);
    outbox.send([bytes('head'), bytes('payload')]);
    outbox.send([bytes('second')]);
    await turn();
    expect(state.writes).toEqual(['headpayload']);
    state.through();
    await turn();
    expect(state.writes).toEqual(['headpayload', 'second']);
  });

  it('tells of a packet that was not sent, and takes no more', async () => {
    const outbox = new Outbox(new Writable());
    const failures: unknown[] = [];
    const keep = (error?: Error | null): number => failures.push(error);
    const broken = new Error('the connection broke');
    outbox.send([bytes('never')], keep);
    outbox.fail(broken);
    outbox.send([bytes('later')], keep);
    await turn();
    expect(failures).toEqual([broken, broken]);
  });
});
