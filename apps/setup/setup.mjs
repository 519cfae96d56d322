/**
 * Makes a fresh Debian machine ready, and does nothing the second time. Plain JavaScript for Node 20 without any
 * dependency: it runs before there is a node_modules, a TypeScript or a Node 24.
 *
 * node apps/setup/setup.mjs demo|test|bench|build
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGES } from './packages.mjs';

const root = join(import.meta.dirname, '..', '..');
const say = (text) => process.stderr.write(`setup: ${text}\n`);
const giveUp = (text) => {
  say(text);
  process.exit(1);
};

function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  if (result.error) giveUp(`cannot run ${command}: ${result.error.message}`);
  return result;
}

function runOrGiveUp(command, args, options) {
  const result = run(command, args, options);
  if (result.status === 0) return result;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`.split('\n').slice(-40).join('\n'));
  return giveUp(`"${command} ${args.join(' ')}" failed with exit ${result.status}; its output is above.`);
}

/** A package's daemon must not start just because we need its program: services of this machine are not ours. */
function withoutStartingServices(work) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

function isInstalled(name) {
  const query = run('dpkg-query', ['-W', '-f', '${db:Status-Status}', name]);
  return query.status === 0 && query.stdout === 'installed';
}

function installPackages(wanted) {
  if (!existsSync('/usr/bin/apt-get'))
    giveUp(
      'this set-up knows Debian 12 (apt-get is missing here). Install what apps/setup/packages.mjs lists, then run again.',
    );
  const missing = Object.entries(wanted).filter(([name]) => !isInstalled(name));
  if (missing.length === 0) return;
  if (process.getuid() !== 0)
    giveUp(`run this as root: Debian packages are missing (${missing.map(([name]) => name).join(', ')}).`);
  say(`will install ${missing.length} Debian packages (their services are not started):`);
  for (const [name, why] of missing) say(`  ${name.padEnd(24)} ${why}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  runOrGiveUp('apt-get', ['update', '-q'], { env });
  withoutStartingServices(() =>
    runOrGiveUp(
      'apt-get',
      ['install', '-y', '-q', '--no-install-recommends', ...missing.map(([name]) => name)],
      { env },
    ),
  );
}

const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** Does `work` unless the stamp file says that it was done for the same inputs. */
function once(stamp, inputs, work) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return;
  work();
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, inputs);
}

function installDependencies() {
  const inputs = sha256(readFileSync(join(root, 'package-lock.json')));
  once(join(root, 'node_modules', '.diecast-installed'), inputs, () => {
    say('installing npm dependencies, Node 24 among them');
    // Not `npm ci`: it refuses a lock file without the binaries of platforms that a mirror does not carry.
    // The lock file is obeyed and not written.
    runOrGiveUp('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  });
}

function sourcesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|json)$/.test(entry.name) && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function build() {
  const files = [
    ...['apps', 'libs'].flatMap((folder) => sourcesUnder(join(root, folder))),
    ...['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'].map((file) =>
      join(root, file),
    ),
  ];
  const inputs = sha256(...files.flatMap((file) => [file.slice(root.length), readFileSync(file)]));
  once(join(root, 'dist', '.diecast-built'), inputs, () => {
    say('building');
    const node = join(root, 'node_modules', '.bin', 'node');
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    runOrGiveUp(node, [
      join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'),
      'build',
      'standalone',
    ]);
    // `npm link` makes a command of it, and the compiler knows nothing of that.
    chmodSync(join(root, 'dist', 'apps', 'cli', 'src', 'main.js'), 0o755);
  });
}

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) giveUp(`Node ${process.versions.node} is too old; Node 20 or later is needed to begin.`);

const purpose = process.argv[2] ?? 'build';
const packagesFor = {
  demo: PACKAGES.run,
  test: { ...PACKAGES.run, ...PACKAGES.test },
  bench: { ...PACKAGES.run, ...PACKAGES.bench },
};
if (!['demo', 'test', 'bench', 'build'].includes(purpose))
  giveUp(`unknown purpose "${purpose}": demo, test, bench or build.`);
if (purpose !== 'build') installPackages(packagesFor[purpose]);
installDependencies();
build();
