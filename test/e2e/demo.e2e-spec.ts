import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const program = join(import.meta.dirname, '..', '..', 'dist', 'apps', 'demo', 'src', 'main.js');

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

const runDemo = (args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { maxBuffer: 16_777_216 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

describe('npm run demo', () => {
  it('does the main job under load: no request fails while machines are replaced, rolled back and moved (SPEC-ROLL-1)', async () => {
    const { code, stdout, stderr } = await runDemo(['--json', '--dir', '/var/lib/diecast-test-demo']);
    const last = stdout.trim().split('\n').at(-1) ?? '';
    // On a failure the whole story is what one wants to read.
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(last) as {
      readonly requests: number;
      readonly steps: readonly { readonly name: string; readonly ok: boolean }[];
    };
    expect(report).toMatchObject({
      ok: true,
      failedRequests: 0,
      accelerator: expect.stringMatching(/^(tcg|kvm)$/),
      migrationDowntimeMs: expect.any(Number),
      snapshotPauseMs: expect.any(Number),
    });
    expect(report.requests).toBeGreaterThan(100);
    expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
  }, 900_000);

  it('says what is wrong with an option and does nothing', async () => {
    const { code, stderr } = await runDemo(['--hosts', '9']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'demo: --hosts takes a whole number from 2 to 6, not "9".\n',
    });
  });
});
