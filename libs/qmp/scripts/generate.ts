/**
 * Writes `src/gen` from the schema of the QEMU on this machine: `npm run qmp:generate`, or with another program in the variable QEMU.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { COMMANDS } from './commands.js';
import { readSchema } from './read-schema.js';
import { generateTypes } from './schema/generate-types.js';
import { TYPE_NAMES } from './type-names.js';

const folder = join(import.meta.dirname, '..', 'src', 'gen');

const { entities, origin } = await readSchema(process.env['QEMU'] ?? 'qemu-system-x86_64');
const files = await generateTypes(entities, origin, COMMANDS, TYPE_NAMES);
for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
process.stdout.write(`types of QEMU ${origin.qemu} (${origin.package}) written to libs/qmp/src/gen\n`);
