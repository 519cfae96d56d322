import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { COMMANDS } from '../../../libs/qmp/scripts/commands.js';
import { readSchema } from '../../../libs/qmp/scripts/read-schema.js';
import { generateTypes } from '../../../libs/qmp/scripts/schema/generate-types.js';
import { TYPE_NAMES } from '../../../libs/qmp/scripts/type-names.js';

const folder = join(import.meta.dirname, '..', '..', '..', 'libs', 'qmp', 'src', 'gen');
/** Which build it is does not matter, what it can do does. */
const withoutOrigin = (text: string): string => text.replace(/^.*\n/, '');

jest.setTimeout(60_000);

describe('the generated types of QMP', () => {
  it.each(['types.ts', 'commands.ts', 'events.ts'] as const)(
    'are those of the QEMU on this machine; if not, "npm run qmp:generate" makes them so (%s)',
    async (name) => {
      const { entities, origin } = await readSchema('qemu-system-x86_64');
      const files = await generateTypes(entities, origin, COMMANDS, TYPE_NAMES);
      expect(withoutOrigin(await readFile(join(folder, name), 'utf8'))).toBe(withoutOrigin(files[name]));
    },
  );
});
