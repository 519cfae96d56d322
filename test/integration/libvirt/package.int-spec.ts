import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../apps/lab/src/run.js';
import { startLibvirtd, type TestLibvirtd } from '../../harness/libvirtd.js';

const root = join(import.meta.dirname, '..', '..', '..');
const library = join(root, 'libs', 'node-libvirt');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** Somebody else's program. What is expected to be an error is one only if the types have arrived. */
const PROGRAM = `
import { Libvirt, type DomainRef } from '@diecast/node-libvirt';
const host = new Libvirt(process.argv[2] ?? '');
const { domains } = await host.connect.listAllDomains();
const [first] = domains satisfies readonly DomainRef[];
// @ts-expect-error a domain has to be named
const nameless = () => host.domain.getXmlDesc({});
console.log(first?.name, typeof nameless);
host.close();
`;

describe('the package node-libvirt', () => {
  let daemon: TestLibvirtd;
  let folder: string;
  beforeAll(async () => {
    daemon = await startLibvirtd();
    folder = await mkdtemp(join(tmpdir(), 'diecast-package-'));
  }, 60_000);
  afterAll(async () => {
    await daemon?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is built, packed, installed, and used with its types by a program that has nothing of ours', async () => {
    const made = join(folder, 'made');
    await run(process.execPath, [tsc, '-p', library, '--outDir', join(made, 'lib')]);
    for (const file of ['package.json', 'README.md']) await copyFile(join(library, file), join(made, file));
    await run('npm', ['pack', made, '--ignore-scripts', '--pack-destination', folder]);
    const [archive] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));

    const installed = join(folder, 'user', 'node_modules', '@diecast', 'node-libvirt');
    await mkdir(installed, { recursive: true });
    await run('tar', ['-xzf', join(folder, archive ?? ''), '-C', installed, '--strip-components=1']);
    await symlink(join(root, 'node_modules', '@types'), join(folder, 'user', 'node_modules', '@types'));
    const program = join(folder, 'user', 'program.ts');
    await writeFile(join(folder, 'user', 'package.json'), '{"type":"module"}');
    await writeFile(program, PROGRAM);
    const types = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
    ];
    await run(process.execPath, [tsc, ...types, '--skipLibCheck', program]);
    const said = await run(process.execPath, [program, `test:///default?socket=${daemon.socket}`]);
    expect(said).toBe('test function\n');
  }, 180_000);
});
