import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { ProcessStream, type ProgramEnd } from './process-stream.js';

const ends: ProgramEnd[] = [];

/** A shell's words as a stream; any end but 0 is an error. */
function streamOf(script: string): { readonly stream: ProcessStream; readonly pid: number } {
  const child = spawn('sh', ['-c', script]);
  const stream = new ProcessStream(child, (end) => {
    ends.push(end);
    return end.code === 0 ? undefined : new Error(`${end.code ?? end.signal}: ${end.stderr}`);
  });
  return { stream, pid: child.pid ?? 0 };
}

const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe('The stream of a process', () => {
  it('carries bytes both ways, however slowly they are taken', async () => {
    const { stream, pid } = streamOf('exec cat');
    const sent = Buffer.alloc(4_000_000, 'libvirt');
    const taken: Buffer[] = [];
    stream.end(sent);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      taken.push(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(Buffer.concat(taken).equals(sent)).toBe(true);
    expect(isThere(pid)).toBe(false);
  });

  it('holds the program back while nobody reads', async () => {
    const { stream, pid } = streamOf('exec yes');
    await once(stream, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stream.readableLength).toBeLessThan(1_000_000);
    stream.destroy();
    await once(stream, 'close');
    expect(isThere(pid)).toBe(false);
  });

  it('fails with what the program said last, after what it wrote', async () => {
    const { stream } = streamOf('echo out; echo first >&2; echo last >&2; exit 3');
    const read: Buffer[] = [];
    const reading = pipeline(stream, async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) read.push(chunk);
    });
    await expect(reading).rejects.toThrow('3: first\nlast');
    expect(Buffer.concat(read).toString()).toBe('out\n');
    expect(ends.at(-1)).toEqual({ code: 3, signal: null, stderr: 'first\nlast', spoke: true });
  });

  it('keeps the end of long complaints', async () => {
    const { stream } = streamOf('seq 1 100000 >&2; exit 1');
    stream.resume();
    await expect(once(stream, 'end')).rejects.toThrow(/99999\n100000$/);
    expect(ends.at(-1)?.stderr.length).toBeLessThanOrEqual(4096);
  });

  it('writes to a program that is gone without breaking', async () => {
    const { stream } = streamOf('exec true');
    stream.resume();
    stream.write(Buffer.alloc(1_000_000));
    await once(stream, 'close');
    expect(stream.errored).toBeNull();
  });

  it('ends a program that does not want to end', async () => {
    const { stream, pid } = streamOf("trap '' TERM; echo ready; while :; do sleep 0.05; done");
    await once(stream, 'readable');
    stream.destroy();
    await once(stream, 'close');
    expect(isThere(pid)).toBe(false);
  });

  it('does not wait for a child that keeps its pipe for complaints', async () => {
    const { stream } = streamOf('sleep 60 <&- >&- & echo $!; exit 3');
    const said = new Promise<string>((resolve) =>
      stream.once('data', (chunk: Buffer) => resolve(String(chunk))),
    );
    await expect(once(stream, 'close')).rejects.toThrow('3: ');
    process.kill(Number(await said));
  });

  it('fails when there is no such program', async () => {
    const stream = new ProcessStream(spawn('/nowhere/program'), () => undefined);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    await expect(once(stream, 'connect')).rejects.toMatchObject({ code: 'ENOENT' });
    await closed;
  });
});
