import type { TypeNames } from './name-types.js';
import type { Entity, Member, Schema } from './schema.js';

/** Where no members are: arguments of a command that takes none, a result or an event that tells nothing more. */
export const NOTHING = 'Nothing';

const BUILTINS: Readonly<Record<string, string>> = {
  str: 'string',
  int: 'number',
  number: 'number',
  bool: 'boolean',
  null: 'null',
  any: 'JsonValue',
};

/** Prints types of a schema as TypeScript; how it looks is left to the formatter. */
export class Printer {
  constructor(
    private readonly schema: Schema,
    private readonly names: TypeNames,
  ) {}

  /** How a type is referred to. */
  reference(type: string): string {
    const entity = this.schema.type(type);
    switch (entity['meta-type']) {
      case 'array':
        return `readonly (${this.reference(entity['element-type'])})[]`;
      case 'builtin':
        return BUILTINS[type] ?? 'JsonValue';
      default:
        return this.schema.isEmptyObject(type) ? NOTHING : (this.names.get(type) ?? 'JsonValue');
    }
  }

  /** The declarations of all named types. */
  declarations(): string {
    return [...this.names]
      .map(([type, name]) => `export type ${name} = ${this.definition(type)};\n`)
      .join('\n');
  }

  private definition(type: string): string {
    const entity = this.schema.type(type);
    switch (entity['meta-type']) {
      case 'enum':
        return entity.members.map((member) => quote(member.name)).join(' | ');
      case 'alternate':
        return entity.members.map((member) => this.reference(member.type)).join(' | ');
      case 'object':
        return this.objectDefinition(entity);
      default:
        throw new Error(`${type} is a ${entity['meta-type']}, which has no definition`);
    }
  }

  private objectDefinition({ members, tag, variants }: Entity<'object'>): string {
    const common = members.filter((member) => member.name !== tag);
    const body = `{ ${common.map((member) => this.member(member)).join(' ')} }`;
    if (tag === undefined || variants === undefined) return body;
    const cases = this.cases(tag, variants).join(' | ');
    return common.length === 0 ? cases : `${body} & (${cases})`;
  }

  /** One alternative for every type of a variant, with all the values of the tag that lead to it. */
  private cases(tag: string, variants: NonNullable<Entity<'object'>['variants']>): string[] {
    const byType = Map.groupBy(variants, (variant) => variant.type);
    return [...byType].map(([type, group]) => {
      const values = group.map((variant) => quote(variant.case)).join(' | ');
      const tagged = `{ readonly ${quote(tag)}: ${values} }`;
      return this.schema.isEmptyObject(type) ? tagged : `(${tagged} & ${this.reference(type)})`;
    });
  }

  private member({ name, type, features = [], ...rest }: Member): string {
    // The schema has a default, always null, where a member may be left out.
    const optional = 'default' in rest ? '?' : '';
    return `${featureNote(features)} readonly ${quote(name)}${optional}: ${this.reference(type)};\n`;
  }
}

/** What QEMU says of a command, an event or a member beyond its type. */
export function featureNote(features: readonly string[], also: readonly string[] = []): string {
  const notes = [
    ...(features.includes('deprecated') ? ['@deprecated'] : []),
    ...(features.includes('unstable') ? ['Unstable: another QEMU may not have it.'] : []),
    ...also,
  ];
  return notes.length === 0 ? '' : `/** ${notes.join(' ')} */\n`;
}

export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
