import { describe, expect, it } from '@jest/globals';
import { OPERATION_KINDS, type OperationKind } from '@diecast/model';
import { defineOperation, type Step } from './definition.js';
import { createRegistry } from './registry.js';

type Services = { readonly hosts: readonly string[] };

const create = defineOperation<
  Services,
  { readonly id: string },
  { readonly host: string; readonly port: number }
>({
  kind: 'instance.create',
  steps: [
    {
      name: 'place',
      run: async (services) => ({ host: services.hosts[0] ?? 'none' }),
      undo: { none: 'only looked' },
    },
    {
      name: 'start',
      run: async (_services, context) => {
        const host: string = context.need('host');
        return { port: host.length };
      },
      undo: async () => {},
    },
  ],
  pivot: { within: 'start' },
  result: (state) => ({ host: state.host ?? null }),
  leaves: async () => [],
});

describe('the registry', () => {
  it('finds a definition by its kind', () => {
    expect(createRegistry<Services>([create], ['instance.create']).definition('instance.create')).toBe(
      create,
    );
  });

  it('refuses to start when a flow kind has no definition, naming it', () => {
    expect(() => createRegistry<Services>([create])).toThrow(/instance\.migrate/);
  });

  it('accepts a definition for every flow kind', () => {
    const kinds = (Object.keys(OPERATION_KINDS) as OperationKind[]).filter(
      (kind) => OPERATION_KINDS[kind] === 'flow',
    );
    const registry = createRegistry<Services>(kinds.map((kind) => ({ ...create, kind })));
    for (const kind of kinds) expect(registry.definition(kind).kind).toBe(kind);
  });

  it('refuses two definitions of one kind', () => {
    expect(() => createRegistry<Services>([create, create], ['instance.create'])).toThrow(/twice/);
  });

  it('refuses steps for a kind that a controller drives', () => {
    expect(() => createRegistry<Services>([{ ...create, kind: 'service.rollout' }], [])).toThrow(
      /controller/,
    );
  });

  it('refuses two steps of one name, a pivot that is no step, and no steps at all', () => {
    const wrong = [
      { ...create, steps: [...create.steps, ...create.steps] },
      { ...create, pivot: 'nowhere' },
      { ...create, steps: [] },
    ];
    const messages = [/two steps/, /pivot nowhere/, /no steps/];
    for (const [index, definition] of wrong.entries()) {
      expect(() => createRegistry<Services>([definition], ['instance.create'])).toThrow(messages[index]);
    }
  });

  it('refuses an undo that would never be called, and a step that does not say why it has none', () => {
    const [place, start] = create.steps;
    if (!place || !start) throw new Error('the toy has two steps');
    const wrong = [
      { ...create, pivot: 'start' },
      { ...create, pivot: { within: 'place' } },
      { ...create, steps: [{ ...place, undo: { none: '' } }, start] },
    ];
    const messages = [/never undoes step start/, /never undoes step start/, /why step place/];
    for (const [index, definition] of wrong.entries()) {
      expect(() => createRegistry<Services>([definition], ['instance.create'])).toThrow(messages[index]);
    }
  });
});

describe('a step', () => {
  it('that does not say how it is undone is refused by the compiler', () => {
    // @ts-expect-error an undo, or the reason for none, must be given
    const step: Step<Services, { readonly id: string }, object> = { name: 'a', run: async () => {} };
    expect(step).not.toHaveProperty('undo');
  });
});
