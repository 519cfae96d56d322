/**
 * `npm run bench -- NAME [--json]`: figures that stand in docs/benchmarks.md. A bench is one file beside this one; what is
 * compared in it runs in the same minutes against the same daemon.
 */
import { parseArgs } from 'node:util';
import type { Bench } from './bench.js';
import { libvirtBench } from './libvirt.js';
import { describeMachine, readMachine } from './machine.js';
import { operationsBench } from './operations.js';
import { rolloutBench } from './rollout.js';

const BENCHES: Readonly<Record<string, Bench>> = {
  libvirt: libvirtBench,
  operations: operationsBench,
  rollout: rolloutBench,
};

const usage = (): string =>
  [
    'npm run bench -- NAME [--rounds N] [--json]',
    '',
    ...Object.entries(BENCHES).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`),
    '',
    '  --rounds N   how often each candidate is measured, after one round that does not count',
    '  --json       the last line is one JSON object',
    '',
  ].join('\n');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function giveUp(message: string): never {
  process.stderr.write(`${message}\n\n${usage()}`);
  process.exit(2);
}

if (values.help) {
  process.stdout.write(usage());
  process.exit(0);
}
const [name = '', ...rest] = positionals;
const bench = BENCHES[name];
const rounds = Number(values.rounds);
if (bench === undefined || rest.length > 0) giveUp(`There is no bench "${positionals.join(' ')}".`);
if (!Number.isInteger(rounds) || rounds < 1) giveUp(`--rounds ${values.rounds} is not a number from 1.`);

// So that what waits for 'exit' to tidy up does so.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const machine = await readMachine();
say(`${name}: ${bench.summary}`);
say(describeMachine(machine));
const result = await bench.run({ rounds, say });
if (values.json) say(JSON.stringify({ bench: name, ...result, machine }));
