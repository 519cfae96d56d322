import { PassThrough } from 'node:stream';
import { expect, it } from '@jest/globals';
import { openScreen } from './screen.js';

function terminal(columns: number, isTTY: boolean) {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns });
  return { stderr, written: () => (stderr.read() as Buffer | null)?.toString('utf8') ?? '' };
}

it('overwrites on a terminal exactly the lines that it has shown', () => {
  const { stderr, written } = terminal(80, true);
  const screen = openScreen({ stderr });
  screen.show(['one', 'two']);
  expect(written()).toBe('\r\u001B[0Jone\ntwo\n');
  screen.show(['three']);
  expect(written()).toBe('\u001B[2A\r\u001B[0Jthree\n');
  screen.say('stays');
  expect(written()).toBe('\u001B[1A\r\u001B[0Jstays\nthree\n');
  screen.leave();
  screen.show(['four']);
  expect(written()).toBe('\r\u001B[0Jfour\n');
});

it('cuts a line that would wrap, as it would be overwritten by half', () => {
  const { stderr, written } = terminal(21, true);
  openScreen({ stderr }).show(['x'.repeat(30)]);
  expect(written()).toBe(`\r\u001B[0J${'x'.repeat(19)}…\n`);
});

it('writes whole lines and nothing else where there is no terminal', () => {
  const { stderr, written } = terminal(21, false);
  const screen = openScreen({ stderr });
  screen.show(['never']);
  screen.say('x'.repeat(30));
  expect(written()).toBe(`${'x'.repeat(30)}\n`);
});
