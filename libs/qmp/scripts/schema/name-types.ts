import type { Entity, Schema } from './schema.js';

/** The names of types by their numbers in the schema, in the order in which they are reached. */
export type TypeNames = ReadonlyMap<string, string>;

/** A place where a type is used, e.g. `query-migrate.result` or `MigrationInfo.ram`, and the name that this place suggests. */
type Use = { readonly type: string; readonly place: string; readonly suggestion: string };

/**
 * Names every object, enum and alternate that the commands and events lead to. The schema has only numbers for them; `known` has
 * QEMU's own name by the first place where the type is used, and a type without one is named after that place.
 * @throws Error when `known` has a place that is not the first of any type, or when two types would have one name
 */
export function nameTypes(
  schema: Schema,
  commands: readonly string[],
  known: Readonly<Record<string, string>>,
): TypeNames {
  const names = new Map<string, string>();
  const unused = new Set(Object.keys(known));
  const waiting = rootsOf(schema, commands);
  for (let use = waiting.shift(); use !== undefined; use = waiting.shift()) {
    const type = schema.withoutLists(use.type);
    if (schema.type(type)['meta-type'] === 'builtin' || schema.isEmptyObject(type) || names.has(type))
      continue;
    const name = known[use.place] ?? use.suggestion;
    if ([...names.values()].includes(name)) throw new Error(`${use.place} would be a second ${name}`);
    names.set(type, name);
    unused.delete(use.place);
    waiting.push(...usesIn(schema, type, name));
  }
  if (unused.size > 0) throw new Error(`no type is first used at ${[...unused].join(', ')}`);
  return names;
}

function rootsOf(schema: Schema, commands: readonly string[]): Use[] {
  return [
    ...commands.flatMap((name) => {
      const command = schema.find(name, 'command');
      return [
        { type: command['arg-type'], place: `${name}.arguments`, suggestion: `${pascal(name)}Arguments` },
        { type: command['ret-type'], place: `${name}.result`, suggestion: `${pascal(name)}Result` },
      ];
    }),
    ...schema.eventNames().map((name) => ({
      type: schema.find(name, 'event')['arg-type'],
      place: `${name}.data`,
      suggestion: `${pascal(name.toLowerCase())}Event`,
    })),
  ];
}

function usesIn(schema: Schema, type: string, name: string): Use[] {
  const entity = schema.type(type);
  if (entity['meta-type'] === 'alternate')
    return entity.members.map((member, index) => ({
      type: member.type,
      place: `${name}|${index}`,
      suggestion: `${name}${index}`,
    }));
  return entity['meta-type'] === 'object' ? usesInObject(entity, name) : [];
}

function usesInObject(object: Entity<'object'>, name: string): Use[] {
  return [
    ...object.members.map((member) => ({
      type: member.type,
      place: `${name}.${member.name}`,
      suggestion: `${name}${pascal(member.name)}`,
    })),
    ...(object.variants ?? []).map((variant) => ({
      type: variant.type,
      place: `${name}=${variant.case}`,
      suggestion: `${name}${pascal(variant.case)}`,
    })),
  ];
}

/** `block-dirty-bitmap-add` becomes `BlockDirtyBitmapAdd`. */
export function pascal(name: string): string {
  return name.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, first: string) => first.toUpperCase());
}
