import { format } from 'prettier';
import type { SchemaInfo } from '../../src/gen/types.js';
import { nameTypes } from './name-types.js';
import { featureNote, NOTHING, Printer, quote } from './print.js';
import { Schema } from './schema.js';

export type GeneratedFiles = Readonly<
  Record<'types.ts' | 'commands.ts' | 'events.ts' | 'version.ts', string>
>;

/** Where a schema comes from, e.g. `7.2.22` and `Debian 1:7.2+dfsg-7+deb12u18`. */
export type Origin = { readonly qemu: string; readonly package: string };

/**
 * The files of `src/gen`, made of a schema.
 * @param knownNames names of types by the first place where they are used, see `nameTypes`
 */
export async function generateTypes(
  entities: readonly SchemaInfo[],
  origin: Origin,
  commands: readonly string[],
  knownNames: Readonly<Record<string, string>>,
): Promise<GeneratedFiles> {
  const schema = new Schema(entities);
  const names = nameTypes(schema, commands, knownNames);
  const printer = new Printer(schema, names);
  const head = `// Made by \`npm run qmp:generate\` from the schema of QEMU ${origin.qemu} (${origin.package}). Do not edit.\n`;
  const finish = (text: string): Promise<string> =>
    format(head + text, { parser: 'typescript', printWidth: 110, singleQuote: true });
  return {
    'types.ts': await finish(typesText(printer)),
    'commands.ts': await finish(commandsText(schema, printer, names, commands)),
    'events.ts': await finish(eventsText(schema, printer, names)),
    'version.ts': await finish(versionText(origin)),
  };
}

function typesText(printer: Printer): string {
  return `import type { JsonValue } from '../json.js';

/** No members at all. */
export type ${NOTHING} = Readonly<Record<string, never>>;

${printer.declarations()}`;
}

function commandsText(
  schema: Schema,
  printer: Printer,
  names: ReadonlyMap<string, string>,
  commands: readonly string[],
): string {
  const lines = commands.map((name) => {
    const { features = [], ...command } = schema.find(name, 'command');
    const also = command['allow-oob'] === true ? ['May run out of band.'] : [];
    return `${featureNote(features, also)} readonly ${quote(name)}: {
      readonly arguments: ${printer.reference(command['arg-type'])};
      readonly result: ${printer.reference(command['ret-type'])};
    };\n`;
  });
  return withImports(
    names,
    `/** Commands of QMP, their arguments and results. */\nexport type QmpCommands = {\n${lines.join('')}};\n`,
  );
}

function eventsText(schema: Schema, printer: Printer, names: ReadonlyMap<string, string>): string {
  const lines = schema.eventNames().map((name) => {
    const { features = [], ...event } = schema.find(name, 'event');
    return `${featureNote(features)} readonly ${name}: ${printer.reference(event['arg-type'])};\n`;
  });
  return withImports(
    names,
    `/** Events of QMP and their data. */\nexport type QmpEvents = {\n${lines.join('')}};\n`,
  );
}

function versionText(origin: Origin): string {
  return `/** The QEMU whose schema the types of this package come from. */
export const TYPES_FROM = { qemu: ${quote(origin.qemu)}, package: ${quote(origin.package)} } as const;
`;
}

/** Imports what the text uses of the other generated types. */
function withImports(names: ReadonlyMap<string, string>, text: string): string {
  const words = new Set(text.match(/\b\w+\b/g));
  const used = [NOTHING, ...names.values()].filter((name) => words.has(name)).sort();
  const json = words.has('JsonValue') ? `import type { JsonValue } from '../json.js';\n` : '';
  return `${json}import type { ${used.join(', ')} } from './types.js';\n\n${text}`;
}
