/**
 * Refuses a flow that no test puts through the battery (test/harness/flow-battery.ts): a flow is an export of libs/flows made
 * by `defineOperation`, and a spec applies the battery by `flowBattery(NAME, …`. Run by `npm run lint`.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const read = (pattern: string): readonly { readonly file: string; readonly text: string }[] =>
  globSync(pattern, { cwd: root }).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

const flows = read('libs/flows/src/**/*.ts').flatMap(({ file, text }) =>
  [...text.matchAll(/^export const (\w+) = defineOperation\b/gm)].map(([, name = '']) => ({ file, name })),
);
const tested = new Set(
  read('test/**/*.{int-spec,e2e-spec}.ts').flatMap(({ text }) =>
    [...text.matchAll(/^flowBattery\((\w+),/gm)].map(([, name]) => name),
  ),
);

const missing = flows.filter(({ name }) => !tested.has(name));
for (const { file, name } of missing)
  process.stderr.write(`${file}: no test applies the battery to ${name}: flowBattery(${name}, …\n`);
process.stdout.write(`${flows.length} flows, ${missing.length} without the battery\n`);
process.exitCode = missing.length === 0 && flows.length > 0 ? 0 : 1;
