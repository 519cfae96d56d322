import { canonicalJson, type Iteration, type IterationSpec, type Json, type Service } from '@diecast/model';
import type { Declaration } from './declaration.js';

export type Current = { readonly service: Service; readonly iteration: Iteration };

export type FieldChange = {
  /** e.g. `spec.machine.memoryMiB` or `replicas`. */
  readonly path: string;
  /** Null: it was not there, or will not be. */
  readonly from: Json;
  readonly to: Json;
};

/** What a declaration would do, if it were declared now. */
export type Plan = {
  readonly change: 'created' | 'none' | 'settings' | 'iteration';
  readonly changes: readonly FieldChange[];
  /** Of the service as it is. */
  readonly fromIteration: number | null;
  /** Null: the number is given when the iteration is cut. */
  readonly toIteration: number | null;
  /** Whether machines are cast or discontinued. */
  readonly startsRollout: boolean;
};

/** @param current null: there is no such service */
export function planDeclaration(current: Current | null, wanted: Declaration): Plan {
  const { spec, settings } = wanted;
  if (current === null) {
    const changes = [...differences(null, spec, 'spec'), ...differences(null, settings, '')];
    return { change: 'created', changes, fromIteration: null, toIteration: null, startsRollout: true };
  }
  const { service, iteration } = current;
  const { replicas, rollout, placement } = service;
  const ofSpec = differences(iteration.spec, spec, 'spec');
  const ofSettings = differences({ replicas, rollout, placement }, settings, '');
  const newIteration = ofSpec.length > 0;
  return {
    change: newIteration ? 'iteration' : ofSettings.length > 0 ? 'settings' : 'none',
    changes: [...ofSpec, ...ofSettings],
    fromIteration: iteration.number,
    toIteration: newIteration ? null : iteration.number,
    startsRollout: newIteration || replicas !== settings.replicas,
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Leaf by leaf, in the order of the paths; lists are leaves. */
function differences(from: unknown, to: unknown, path: string): readonly FieldChange[] {
  if (canonicalJson(from) === canonicalJson(to)) return [];
  if (isObject(to) && (isObject(from) || from === null)) {
    const names = new Set([...Object.keys(from ?? {}), ...Object.keys(to)]);
    return [...names]
      .toSorted()
      .flatMap((name) =>
        differences(from?.[name] ?? null, to[name] ?? null, path === '' ? name : `${path}.${name}`),
      );
  }
  return [{ path, from: shown(path, from), to: shown(path, to) }];
}

/** What machines are told when they start may hold secrets. */
const shown = (path: string, value: unknown): Json =>
  value !== null && path.startsWith('spec.userData') ? HIDDEN : (value as Json);

export const HIDDEN = '(not shown)';

/** The same, with every text replaced: names stay, so that one sees what there is. */
export function hideUserData(userData: IterationSpec['userData']): IterationSpec['userData'] {
  const { cloudInit, credentials } = userData;
  return {
    ...(cloudInit === undefined ? {} : { cloudInit: { userData: HIDDEN, ...hideTexts(cloudInit) } }),
    ...(credentials === undefined ? {} : { credentials: hideTexts(credentials) }),
  };
}

const hideTexts = (texts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(texts).map((name) => [name, HIDDEN]));
