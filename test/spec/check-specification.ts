/**
 * Holds docs/SPECIFICATION.md against the tests: every promise has a test whose title names its id, and no test
 * names an id that is not promised. Run by `npm run lint`.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const ID = /SPEC-[A-Z]+-\d+/g;

const promised = new Map<string, number>();
const repeated: string[] = [];
readFileSync(join(root, 'docs', 'SPECIFICATION.md'), 'utf8')
  .split('\n')
  .forEach((line, index) => {
    const id = /^\| (SPEC-[A-Z]+-\d+) +\|/.exec(line)?.[1];
    if (id === undefined) return;
    if (promised.has(id))
      repeated.push(`${id} is promised twice: lines ${promised.get(id)} and ${index + 1}`);
    promised.set(id, index + 1);
  });

const named = new Map<string, string>();
for (const file of globSync('{apps,libs,test}/**/*{.spec,.int-spec,.e2e-spec,-battery}.ts', { cwd: root })) {
  for (const id of readFileSync(join(root, file), 'utf8').match(ID) ?? []) named.set(id, file);
}

const problems = [
  ...repeated,
  ...[...promised]
    .filter(([id]) => !named.has(id))
    .map(([id, line]) => `docs/SPECIFICATION.md:${line}: no test names ${id}`),
  ...[...named]
    .filter(([id]) => !promised.has(id))
    .map(([id, file]) => `${file}: names ${id}, which docs/SPECIFICATION.md does not promise`),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(`${promised.size} promises, ${problems.length} problems\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
