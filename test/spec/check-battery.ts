/**
 * Refuses a flow that no test puts through the battery (test/harness/flow-battery.ts): a flow is an export of libs/flows made
 * by `defineOperation`, and a spec applies the battery by `flowBattery(NAME, …`. And one that `npm run test:crash` does not know:
 * test/crash/scenarios.ts has its kind. Run by `npm run lint`.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const read = (pattern: string): readonly { readonly file: string; readonly text: string }[] =>
  globSync(pattern, { cwd: root }).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

const flows = read('libs/flows/src/**/*.ts').flatMap(({ file, text }) =>
  [...text.matchAll(/^export const (\w+) = defineOperation\b[^]*?\n  kind: '([\w.]+)'/gm)].map(
    ([, name = '', kind = '']) => ({ file, name, kind }),
  ),
);
const tested = new Set(
  read('test/**/*.{int-spec,e2e-spec}.ts').flatMap(({ text }) =>
    [...text.matchAll(/^flowBattery\((\w+),/gm)].map(([, name]) => name),
  ),
);

const struck = new Set(
  read('test/crash/scenarios.ts').flatMap(({ text }) =>
    [...text.matchAll(/^    flow: '([\w.]+)'/gm)].map(([, kind]) => kind),
  ),
);

const missing = flows.filter(({ name }) => !tested.has(name));
for (const { file, name } of missing)
  process.stderr.write(`${file}: no test applies the battery to ${name}: flowBattery(${name}, …\n`);
const unstruck = flows.filter(({ kind }) => !struck.has(kind));
for (const { file, kind } of unstruck)
  process.stderr.write(`${file}: test/crash/scenarios.ts has no scenario for ${kind}\n`);
process.stdout.write(
  `${flows.length} flows, ${missing.length} without the battery, ${unstruck.length} without a crash scenario\n`,
);
process.exitCode = missing.length + unstruck.length === 0 && flows.length > 0 ? 0 : 1;
