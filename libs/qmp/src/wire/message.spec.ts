import { describe, expect, it } from '@jest/globals';
import { DEFAULT_LIMITS } from '../limits.js';
import { readMessage } from './message.js';

const read = (text: string): unknown => readMessage(Buffer.from(text), DEFAULT_LIMITS);

describe('a line of QMP', () => {
  it('is a greeting', () => {
    const version = { qemu: { major: 7, minor: 2, micro: 22 }, package: 'Debian' };
    expect(read(JSON.stringify({ QMP: { version, capabilities: ['oob', 3] } }))).toEqual({
      kind: 'greeting',
      greeting: { version, capabilities: ['oob'] },
    });
  });

  it('is an answer, good or bad, with the id of its command', () => {
    expect(read('{"return": null, "id": 4}')).toEqual({
      kind: 'answer',
      id: 4,
      outcome: { ok: true, value: null },
    });
    expect(read('{"error": {"class": "DeviceNotFound", "desc": "no such"}}')).toEqual({
      kind: 'answer',
      id: undefined,
      outcome: { ok: false, errorClass: 'DeviceNotFound', description: 'no such' },
    });
  });

  it('is an event with the clock of QEMU, to the microsecond', () => {
    expect(read('{"event": "STOP", "timestamp": {"seconds": 1795522019, "microseconds": 221147}}')).toEqual({
      kind: 'event',
      event: {
        name: 'STOP',
        data: {},
        timestamp: { seconds: 1795522019, microseconds: 221147 },
        atMs: 1795522019221.147,
      },
    });
  });

  it.each([
    '1',
    'null',
    '[]',
    '{}',
    '{"id": 1}',
    '{"toString": 1}',
    '{"error": null}',
    '{"error": {"class": 1, "desc": ""}}',
    '{"error": {"class": "GenericError"}}',
    '{"QMP": {}}',
    '{"QMP": {"version": {}, "capabilities": []}}',
    '{"QMP": {"version": {"qemu": {"major": "7"}, "package": ""}, "capabilities": []}}',
    '{"event": 1, "timestamp": {"seconds": 1, "microseconds": 1}}',
    '{"event": "STOP"}',
    '{"event": "STOP", "timestamp": {"seconds": "1", "microseconds": 1}}',
    '{"event": "STOP", "data": [], "timestamp": {"seconds": 1, "microseconds": 1}}',
  ])('is refused when it is none of these: %s', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ failure: 'protocol' }));
  });
});
