import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { LibvirtTimeoutError } from '../errors.js';
import { MESSAGE_TYPE, PROGRAM, STATUS, type Packet } from '../wire/packet.js';
import { CallTable } from './call-table.js';

const HOUR_MS = 3_600_000;

const answerTo = (serial: number): Packet => ({
  program: PROGRAM.remote,
  procedure: 1,
  type: MESSAGE_TYPE.reply,
  serial,
  status: STATUS.ok,
  payload: Buffer.alloc(0),
});

describe('the calls of a connection', () => {
  it('end at their own deadlines, in whatever order they were made', async () => {
    const table = new CallTable();
    const ended: string[] = [];
    const make = (name: string, deadlineMs: number): Promise<unknown> =>
      table
        .ask(name, { deadlineMs }, () => undefined)
        .catch((error: unknown) => {
          expect(error).toBeInstanceOf(LibvirtTimeoutError);
          ended.push(name);
        });
    const patient = make('patient', HOUR_MS);
    await Promise.all([make('second', 40), make('first', 10), make('third', 80)]);
    expect(ended).toEqual(['first', 'second', 'third']);
    table.answer(answerTo(1));
    await patient;
    expect(ended).toHaveLength(3);
  });

  it('end at their deadlines also while they wait for room, and then do not leave', async () => {
    const table = new CallTable();
    const sent: string[] = [];
    const make = (name: string, deadlineMs: number): Promise<Packet> =>
      table.ask(name, { deadlineMs }, () => void sent.push(name));
    const first = ['a', 'b', 'c', 'd'].map((name) => make(name, HOUR_MS));
    await expect(make('e', 10)).rejects.toThrow(LibvirtTimeoutError);
    const last = make('f', HOUR_MS);
    for (let serial = 1; serial <= 5; serial += 1) table.answer(answerTo(serial));
    await Promise.all([...first, last]);
    expect(sent).toEqual(['a', 'b', 'c', 'd', 'f']);
  });

  it('need no deadline', async () => {
    const table = new CallTable();
    const call = table.ask('patient', { deadlineMs: Infinity }, () => undefined);
    await expect(table.ask('hasty', { deadlineMs: 1 }, () => undefined)).rejects.toThrow(LibvirtTimeoutError);
    table.answer(answerTo(1));
    expect(await call).toEqual(answerTo(1));
  });

  it('let go of the signal of a call that is answered', async () => {
    const table = new CallTable();
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const call = table.ask('answered', { signal }, () => undefined);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    table.answer(answerTo(1));
    await call;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    giveUp.abort(new Error('too late'));
    await expect(table.ask('late', { signal }, () => undefined)).rejects.toThrow('too late');
  });
});
