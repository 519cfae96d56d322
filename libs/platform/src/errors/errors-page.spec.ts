import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { renderErrorsPage } from './errors-page.js';

it('docs/errors.md is made from the table of codes', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/errors.md'), 'utf8');
  expect(page).toBe(renderErrorsPage());
});
