import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { startTestApi, type TestApi } from '../../harness/api.js';
import { openCli, type Cli, type CliEnd } from '../../harness/cli.js';
import { insertImage, insertProvenImage } from '../../harness/samples.js';
import { declaration, withAt } from '../api/wrong-bodies.js';

let api: TestApi;
let cli: Cli;
beforeAll(async () => {
  api = await startTestApi();
  cli = await openCli({ DIECAST_URL: await api.listen(), DIECAST_TOKEN: api.tokens.operator });
  await insertProvenImage(api.store, 'img');
  await api.store.images.setStatus(await insertImage(api.store, 'raw'), 'candidate', null);
}, 60_000);
afterAll(async () => {
  await cli.close();
  await api.close();
});

const service = (name: string, change: (body: unknown) => unknown = (body) => body): string =>
  stringify({ service: name, ...(change(declaration) as object) });

async function apply(text: string, ...args: readonly string[]): Promise<CliEnd> {
  await writeFile(join(cli.home, 'services.yaml'), text);
  return cli.run(['apply', '-f', 'services.yaml', ...args]);
}

const serviceNames = async (): Promise<readonly string[]> =>
  (await api.store.services.list()).items.map(({ name }) => name);

describe('diecast apply', () => {
  it('shows a plan field by field on standard output, and does nothing', async () => {
    const { code, stdout, stderr } = await apply(service('planned'), '--plan');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^planned: a new service\n/);
    expect(stdout).toMatch(/^ {2}\+ spec\.machine\.memoryMiB +128$/m);
    expect(await serviceNames()).not.toContain('planned');
  });

  it('declares every document of a file, and says which operation goes on', async () => {
    const { code, stdout, stderr } = await apply([service('one'), service('two')].join('---\n'), '--no-wait');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^operation \S+ running\noperation \S+ running\n$/);
    expect(stderr).toMatch(/^one: a new service\n/);
    expect(await serviceNames()).toEqual(expect.arrayContaining(['one', 'two']));
  });

  it('starts nothing for what is declared already', async () => {
    await apply(service('same'), '--no-wait');
    const again = await apply(service('same'), '--no-wait');
    expect([again.code, again.stdout]).toEqual([0, 'service same unchanged\n']);
    expect(again.stderr).toBe('same: nothing changes; it stays at iteration 1\n');
  });

  it('shows what becomes of each field that differs', async () => {
    await apply(service('differs'), '--no-wait');
    const more = await apply(
      service('differs', (body) => withAt(body, 'machine.memoryMiB', 256)),
      '--plan',
    );
    expect(more.stdout.split('\n')).toEqual([
      'differs: a new iteration takes the place of 1, machine by machine',
      '  ~ spec.machine.memoryMiB   128 → 256',
      '  at most 2 machines at once (1 replica, 1 more while they are replaced): 256 MiB must be free',
      '  machine 1 → no host: no host is registered',
      '  blocked: no host is registered',
      '    Register a host, or uncordon one: POST /v1/hosts/{name}/uncordon.',
      '',
    ]);
  });

  it('gives programs one value', async () => {
    const plan = await apply(service('valued'), '--plan', '-o', 'json');
    expect(JSON.parse(plan.stdout)).toEqual([
      expect.objectContaining({ service: 'valued', change: 'created' }),
    ]);
    const done = await apply(service('valued'), '--no-wait', '-o', 'json');
    expect(JSON.parse(done.stdout)).toEqual([
      expect.objectContaining({
        service: 'valued',
        operation: expect.objectContaining({ kind: 'service.rollout' }),
        rollout: null,
      }),
    ]);
  });

  it('reads standard input', async () => {
    const { code, stdout } = await cli.run(['apply', '-f', '-', '--plan'], { stdin: service('piped') });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^piped: /)]);
  });

  it('names a wrong field with file, line and column, and declares nothing of the file (SPEC-CLI-3)', async () => {
    const text = [
      service('fine'),
      service('wrong', (body) => withAt(body, 'machine.memoryMiB', 'much')),
    ].join('---\n');
    const { code, stdout, stderr } = await apply(text, '--no-wait');
    const line = text.split('\n').findIndex((each) => each.includes('much')) + 1;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^services\\.yaml:${line}:3: machine\\.memoryMiB must be `));
    expect(await serviceNames()).not.toContain('fine');
  });

  it('names the place of a field that is not there, or that nobody knows (SPEC-CLI-3)', async () => {
    const missing = await apply(
      service('wrong', (body) => withAt(body, 'machine.vcpus', undefined)),
      '--plan',
    );
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringMatching(/^services\.yaml:3:1: machine\.vcpus is missing/),
    ]);
    const unknown = await apply(`${service('wrong')}colour: red\n`, '--plan');
    expect(unknown.stderr).toMatch(/^services\.yaml:\d+:1: colour is not a field here\n/);
  });

  it('says of each file that declares no services what is wrong with it', async () => {
    for (const [text, said] of [
      ['', 'services.yaml declares nothing.'],
      ['a: [1,', 'services.yaml is no YAML.\n  services.yaml:1:'],
      ['- web', 'services.yaml:1:1: must be fields'],
      ['image: img', 'services.yaml:1:1: service must be the name'],
      [`${service('twice')}---\n${service('twice')}`, 'twice stands further up already'],
    ] as const) {
      const end = await apply(text);
      expect([text, end.code, end.stderr]).toEqual([text, 2, expect.stringContaining(said)]);
    }
    const none = await cli.run(['apply', '-f', 'nowhere.yaml']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('nowhere.yaml cannot be read')]);
  });

  it('says what the API refuses, what to do about it, and what it had declared before', async () => {
    const text = [service('ready'), service('early', (body) => withAt(body, 'image', 'raw:1'))].join('---\n');
    const { code, stdout, stderr } = await apply(text, '--no-wait');
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toContain('ready is declared; watch it: diecast rollout watch ready\n');
    expect(stderr).toMatch(/^diecast: Image .* is candidate.*\n {2}Prove the image first/m);
  });
});
