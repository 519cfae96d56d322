/**
 * `npm test`: the static checks, then every size of test, then one line `N passed, N failed`. All of it runs even when
 * something fails early, so that one run tells everything.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Tally = { readonly passed: number; readonly failed: number };

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'diecast-test-'));

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

async function check(script: string): Promise<Tally> {
  process.stdout.write(`\n== ${script}\n`);
  const code = await run('npm', ['run', '--silent', script]);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function jest(project: string, extra: readonly string[]): Promise<Tally> {
  process.stdout.write(`\n== ${project} tests\n`);
  const report = join(scratch, `${project}.json`);
  const code = await run('node', [
    ...['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')],
    ...['--selectProjects', project, '--json', `--outputFile=${report}`, ...extra],
  ]);
  try {
    const result = JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numRuntimeErrorTestSuites: number;
    };
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    // A run that ended badly for another reason (a leak, a crash) must not look green.
    return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const tallies: Tally[] = [
  await check('lint'),
  await check('typecheck'),
  await jest('unit', []),
  // One after another; what dozens of embedded databases leave in a process's memory made the last ones ever slower.
  await jest('integration', ['--maxWorkers=1', '--workerIdleMemoryLimit=1GB']),
  // Each has a lab of its own, and waits for much that is no work of this machine's.
  await jest('e2e', ['--maxWorkers=2']),
];
rmSync(scratch, { recursive: true, force: true });

const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
