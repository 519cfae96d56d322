import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventText, type SentEvent } from './event-text.js';

const STREAM = [
  'retry: 1000\n\n: alive\n\n',
  'id: 1\nevent: host.changed\ndata: {"a":1}\n\n',
  'id:2\r\nevent: x\r\ndata: one: two\r\ndata:three\r\n\r\n',
  'data: without an id\n\n',
  'id: 3\ndata: last\n\nid: 4\ndata: not whole',
].join('');

const EVENTS: readonly SentEvent[] = [
  { id: '1', type: 'host.changed', data: '{"a":1}' },
  { id: '2', type: 'x', data: 'one: two\nthree' },
  { id: '3', type: 'message', data: 'last' },
];

it('reads the same events however the text is cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length })), (cuts) => {
      const places = [0, ...cuts.toSorted((one, other) => one - other), STREAM.length];
      const text = new EventText();
      const read = places.slice(1).flatMap((end, index) => text.push(STREAM.slice(places[index], end)));
      expect(read).toEqual(EVENTS);
    }),
  );
});
