/**
 * Lets Node run our TypeScript as it lies here, for programs of the tests that jest does not start:
 * `node --import ./test/harness/typescript.mjs PROGRAM.ts`. Translated as jest does it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import { translation } from './translation.mjs';

const libs = new URL('../../libs/', import.meta.url);
const isOurs = (url) => url.startsWith('file:') && url.endsWith('.ts');

registerHooks({
  resolve(specifier, context, nextResolve) {
    const library = /^@diecast\/([^/]+)$/.exec(specifier);
    if (library !== null) return nextResolve(new URL(`${library[1]}/src/index.ts`, libs).href, context);
    if (/^\.\.?\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(source))) return nextResolve(source.href, context);
    }
    return nextResolve(specifier, context);
  },
  load(url, context, nextLoad) {
    if (!isOurs(url)) return nextLoad(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      ...translation,
      filename,
      sourceMaps: 'inline',
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
