import { describe, expect, it } from '@jest/globals';
import type { SchemaInfo } from '../../src/gen/types.js';
import { generateTypes, type GeneratedFiles } from './generate-types.js';

/** A small QEMU: the shapes that schemas are made of, with numbers for names as a real one has. */
const SCHEMA: readonly SchemaInfo[] = [
  { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
  { name: 'int', 'meta-type': 'builtin', 'json-type': 'int' },
  { name: 'any', 'meta-type': 'builtin', 'json-type': 'value' },
  { name: '0', 'meta-type': 'object', members: [] },
  {
    name: 'query-nodes',
    'meta-type': 'command',
    'arg-type': '0',
    'ret-type': '[1]',
    features: ['deprecated'],
  },
  { name: 'add-node', 'meta-type': 'command', 'arg-type': '2', 'ret-type': '0', 'allow-oob': true },
  { name: 'NODE_GONE', 'meta-type': 'event', 'arg-type': '5' },
  { name: 'IDLE', 'meta-type': 'event', 'arg-type': '0' },
  { name: '[1]', 'meta-type': 'array', 'element-type': '1' },
  {
    name: '1',
    'meta-type': 'object',
    members: [
      { name: 'id', type: 'str' },
      { name: 'x-size', type: 'int', default: null, features: ['unstable'] },
      { name: 'children', type: '[1]' },
    ],
  },
  {
    name: '2',
    'meta-type': 'object',
    members: [
      { name: 'driver', type: '3' },
      { name: 'node-name', type: 'str' },
    ],
    tag: 'driver',
    variants: [
      { case: 'file', type: '4' },
      { case: 'null', type: '0' },
      { case: 'none', type: '0' },
    ],
  },
  {
    name: '3',
    'meta-type': 'enum',
    members: [{ name: 'file' }, { name: 'null' }, { name: 'none' }],
    values: [],
  },
  { name: '4', 'meta-type': 'object', members: [{ name: 'backing', type: '6' }] },
  { name: '5', 'meta-type': 'object', members: [{ name: 'why', type: 'any' }] },
  { name: '6', 'meta-type': 'alternate', members: [{ type: 'str' }, { type: '2' }] },
];
const ORIGIN = { qemu: '7.2.22', package: "Debian's" };

const generate = (commands: readonly string[], names: Record<string, string> = {}): Promise<GeneratedFiles> =>
  generateTypes(SCHEMA, ORIGIN, commands, names);

describe('the generator of types', () => {
  it('prints what the commands and events lead to, and nothing else', async () => {
    const files = await generate(['query-nodes', 'add-node'], {
      'query-nodes.result': 'NodeInfo',
      'AddNodeArgumentsFile.backing': 'NodeRef',
    });
    expect(files['types.ts'])
      .toBe(`// Made by \`npm run qmp:generate\` from the schema of QEMU 7.2.22 (Debian's). Do not edit.
import type { JsonValue } from '../json.js';

/** No members at all. */
export type Nothing = Readonly<Record<string, never>>;

export type NodeInfo = {
  readonly id: string;
  /** Unstable: another QEMU may not have it. */
  readonly 'x-size'?: number;
  readonly children: readonly NodeInfo[];
};

export type AddNodeArguments = { readonly 'node-name': string } & (
  ({ readonly driver: 'file' } & AddNodeArgumentsFile) | { readonly driver: 'null' | 'none' }
);

export type NodeGoneEvent = { readonly why: JsonValue };

export type AddNodeArgumentsDriver = 'file' | 'null' | 'none';

export type AddNodeArgumentsFile = { readonly backing: NodeRef };

export type NodeRef = string | AddNodeArguments;
`);
    expect(files['commands.ts']).toContain(`export type QmpCommands = {
  /** @deprecated */
  readonly 'query-nodes': {
    readonly arguments: Nothing;
    readonly result: readonly NodeInfo[];
  };
  /** May run out of band. */
  readonly 'add-node': {
    readonly arguments: AddNodeArguments;
    readonly result: Nothing;
  };
};
`);
    expect(files['events.ts']).toContain(`import type { NodeGoneEvent, Nothing } from './types.js';

/** Events of QMP and their data. */
export type QmpEvents = {
  readonly NODE_GONE: NodeGoneEvent;
  readonly IDLE: Nothing;
};
`);
    expect(files['version.ts']).toContain(`{ qemu: '7.2.22', package: "Debian's" }`);
  });

  it('refuses a command that QEMU does not have', async () => {
    await expect(generate(['query-node'])).rejects.toThrow('does not know query-node');
    await expect(generate(['IDLE'])).rejects.toThrow('IDLE is no command');
  });

  it('refuses a name for a place that leads nowhere, and a name that is taken', async () => {
    await expect(generate(['add-node'], { 'query-nodes.result': 'NodeInfo' })).rejects.toThrow(
      'query-nodes.result',
    );
    await expect(
      generate(['query-nodes', 'add-node'], { 'query-nodes.result': 'NodeGoneEvent' }),
    ).rejects.toThrow('NODE_GONE.data would be a second NodeGoneEvent');
  });
});
