import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { typeAtConsole } from '../../../libs/node-libvirt/examples/streams.js';
import { Libvirt, VIR_ERR, type CallStream, type DomainRef } from '../../../libs/node-libvirt/src/index.js';
import { PLAIN_QEMU, startEchoMachine } from '../../harness/echo-machine.js';
import { startLibvirtd, type TestLibvirtd } from '../../harness/libvirtd.js';
import { until } from '../../harness/until.js';

jest.setTimeout(120_000);

let daemon: TestLibvirtd;
let host: Libvirt;
let dom: DomainRef;

beforeAll(async () => {
  daemon = await startLibvirtd({ before: PLAIN_QEMU });
  host = new Libvirt(`qemu+unix:///system?socket=${daemon.socket}`);
  dom = await startEchoMachine(daemon, host);
}, 60_000);
afterAll(async () => {
  host.close();
  await daemon.stop();
});

/** Says something and waits until all of it has come back. */
async function expectEcho(console: CallStream, words: string): Promise<void> {
  console.write(words);
  let heard = '';
  for await (const bytes of console.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    heard += bytes.toString('latin1');
    if (heard.length >= words.length) break;
  }
  expect(heard).toBe(words);
}

const closed = (stream: CallStream): Promise<void> =>
  stream.closed ? Promise.resolve() : new Promise((resolve) => stream.once('close', resolve));

describe('A console', () => {
  it('carries bytes both ways, for one at a time', async () => {
    const console = await host.domain.openConsole({ dom });
    await expectEcho(console, 'one ');
    await expect(host.domain.openConsole({ dom })).rejects.toMatchObject({ code: VIR_ERR.OPERATION_FAILED });
    await expectEcho(console, 'two ');
    console.destroy();
    await closed(console);
  });

  it('is typed at and read as the README does it', async () => {
    const said = await until(async () => {
      const over = new AbortController();
      const saying = typeAtConsole(host, dom, 'hello', over.signal);
      // Whoever types cannot know when the machine has said its last word: QEMU looks for a reader once a second.
      await sleep(1_500);
      over.abort();
      return (await saying) || undefined;
    });
    expect(said).toBe('hello\r');
  });

  it('is free for the next as soon as it was aborted or ended', async () => {
    for (const leave of ['destroy', 'end'] as const) {
      const console = await host.domain.openConsole({ dom });
      await expectEcho(console, `before ${leave} `);
      console.resume();
      console[leave]();
      await closed(console);
      expect(console.errored).toBeNull();
    }
    const aborting = new AbortController();
    const console = await host.domain.openConsole({ dom }, { signal: aborting.signal });
    aborting.abort(new Error('enough'));
    await closed(console);
    expect(console.errored).toMatchObject({ message: 'enough' });
    await expectEcho(await host.domain.openConsole({ dom }), 'after all ');
  });
});

describe('A channel', () => {
  it('is opened and left', async () => {
    for (const leave of ['destroy', 'end'] as const) {
      const channel = await host.domain.openChannel({ dom, name: 'org.test.channel' });
      channel.resume();
      channel[leave]();
      await closed(channel);
      expect(channel.errored).toBeNull();
    }
  });
});

describe('A screenshot', () => {
  it('comes with what it is', async () => {
    const stream = await host.domain.screenshot({ dom, screen: 0 });
    const image = await buffer(stream);
    const signatures = { 'image/png': '\x89PNG', 'image/x-portable-pixmap': 'P6\n' };
    expect(Object.keys(signatures)).toContain(stream.result.mime);
    const signature = signatures[stream.result.mime as keyof typeof signatures];
    expect(image.toString('latin1', 0, signature.length)).toBe(signature);
  });
});

describe('A machine that ends', () => {
  it('ends its console', async () => {
    // Flag 1 takes the console from whoever has it.
    const machine = await host.domain.openConsole({ dom, flags: 1 });
    await expectEcho(machine, 'still there ');
    machine.resume();
    await host.domain.destroy({ dom });
    await closed(machine);
    expect(machine.readableEnded).toBe(true);
    expect(machine.errored).toBeNull();
  });
});
