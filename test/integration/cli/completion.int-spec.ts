import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { insertHost } from '../../harness/api-world.js';
import { startTestApi, type TestApi } from '../../harness/api.js';
import { openCli, type Cli } from '../../harness/cli.js';
import { openTerminal, type Terminal } from '../../harness/pseudo-terminal.js';
import { insertProvenImage } from '../../harness/samples.js';

let api: TestApi;
let cli: Cli;
let path: string;
beforeAll(async () => {
  api = await startTestApi();
  cli = await openCli({ DIECAST_URL: await api.listen(), DIECAST_TOKEN: api.tokens.viewer });
  for (const name of ['rack1-a', 'rack1-b', 'shelf']) await insertHost(api.store, name);
  await insertProvenImage(api.store, 'tiny-http', '7');
  path = `${await cli.install()}:/usr/bin:/bin`;
  await writeFile(join(cli.home, 'services.yaml'), '');
}, 60_000);
afterAll(async () => {
  await cli.close();
  await api.close();
});

let terminal: Terminal | undefined;
afterEach(() => terminal?.close());

const SHELLS = [
  ['bash', 'bash --norc --noprofile -i', ''],
  ['zsh', 'zsh -f -i', 'autoload -U compinit; compinit -D; '],
] as const;
const CLEAR_LINE = '\u0015';

describe.each(SHELLS)('completion in %s', (shell, command, before) => {
  async function open(env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
    const opened = openTerminal(command, { ...cli.environment, PATH: path, ...env }, cli.home);
    terminal = opened;
    // The text is put together by the shell, so that its echo alone is no answer.
    opened.type(`${before}source <(diecast completion ${shell}); PS1='$ '; echo rea''dy\n`);
    await opened.untilShown(/ready/);
    return opened;
  }

  it('completes commands, flags and names', async () => {
    const shown = await open();
    for (const [typed, whole] of [
      ['diecast cord', 'diecast cordon'],
      ['diecast rollout w', 'diecast rollout watch'],
      ['diecast get hosts --out', 'diecast get hosts --output'],
      ['diecast get hosts -o y', 'diecast get hosts -o yaml'],
      ['diecast drain sh', 'diecast drain shelf'],
      ['diecast drain ra', 'diecast drain rack1-'],
      ['diecast migrate x --to sh', 'diecast migrate x --to shelf'],
      ['diecast delete image ti', 'diecast delete image tiny-http:7'],
      ['diecast delete image tiny-http:', 'diecast delete image tiny-http:7'],
      ['diecast apply -f serv', 'diecast apply -f services.yaml'],
    ] as const) {
      shown.forget();
      shown.type(`${typed}\t`);
      await shown.untilShown(new RegExp(whole));
      shown.type(CLEAR_LINE);
    }
  });

  it('says nothing when nobody answers', async () => {
    const shown = await open({ DIECAST_URL: 'http://127.0.0.1:9' });
    shown.forget();
    shown.type('diecast drain sh\t');
    shown.type(`${CLEAR_LINE}echo do''ne\n`);
    await shown.untilShown(/^done/m);
    expect(shown.shown()).not.toMatch(/127\.0\.0\.1|shelf|answer/);
  });
});

it('names nothing of a command that is not there', async () => {
  expect(await cli.run(['__complete', 'nonsense', ''])).toEqual({ code: 0, stdout: '', stderr: '' });
});
