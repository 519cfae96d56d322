import type { SchemaInfo, SchemaInfoObjectMember } from '../../src/gen/types.js';

type Meta = SchemaInfo['meta-type'];
export type Entity<M extends Meta = Meta> = Extract<SchemaInfo, { 'meta-type': M }>;
export type Member = SchemaInfoObjectMember;

/** QEMU's answer to `query-qmp-schema`, by name. Names of types are numbers there; those of commands and events are not. */
export class Schema {
  private readonly entities: ReadonlyMap<string, SchemaInfo>;

  constructor(entities: readonly SchemaInfo[]) {
    this.entities = new Map(entities.map((entity) => [entity.name, entity]));
  }

  /** @throws Error when this QEMU has no such command, event or type */
  find<M extends Meta>(name: string, meta: M): Entity<M> {
    const entity = this.type(name);
    if (entity['meta-type'] !== meta) throw new Error(`${name} is no ${meta} but ${entity['meta-type']}`);
    return entity as Entity<M>;
  }

  type(name: string): SchemaInfo {
    const entity = this.entities.get(name);
    if (entity === undefined) throw new Error(`this QEMU does not know ${name}`);
    return entity;
  }

  /** The type itself, or that of the elements of a list, of lists of lists. */
  withoutLists(name: string): string {
    const entity = this.type(name);
    return entity['meta-type'] === 'array' ? this.withoutLists(entity['element-type']) : name;
  }

  /** Every event of this QEMU, in its own order. */
  eventNames(): string[] {
    return [...this.entities.values()]
      .filter((entity) => entity['meta-type'] === 'event')
      .map((entity) => entity.name);
  }

  isEmptyObject(name: string): boolean {
    const entity = this.type(name);
    return entity['meta-type'] === 'object' && entity.members.length === 0 && entity.variants === undefined;
  }
}
