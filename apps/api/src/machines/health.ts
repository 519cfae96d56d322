import type { FieldError, HealthSpec } from '@diecast/model';
import type { HealthBody } from './health.dto.js';

const ONLY_FOR = { port: ['http', 'tcp'], path: ['http'], status: ['http'] } as const;

/** What no field can say of itself. @param path of the check in the request */
export function healthProblems(health: HealthBody, path: string): readonly FieldError[] {
  const { kind, port } = health;
  const unused = (['port', 'path', 'status'] as const)
    .filter((field) => health[field] !== undefined && !ONLY_FOR[field].some((fit) => fit === kind))
    .map((field) => ({ path: `${path}.${field}`, message: `is not used by a check of the kind ${kind}` }));
  return kind !== 'agent' && port === undefined
    ? [{ path: `${path}.port`, message: `is missing: a check of the kind ${kind} needs it` }, ...unused]
    : unused;
}

/** Of a check without problems. */
export function toHealth(health: HealthBody): HealthSpec {
  const timing = {
    intervalSeconds: health.intervalSeconds ?? 2,
    timeoutSeconds: health.timeoutSeconds ?? 2,
    successes: health.successes ?? 1,
    failures: health.failures ?? 3,
    startPeriodSeconds: health.startPeriodSeconds ?? 120,
  };
  const { kind, port = 0 } = health;
  switch (kind) {
    case 'http':
      return { ...timing, kind, port, path: health.path ?? '/', status: health.status ?? 200 };
    case 'tcp':
      return { ...timing, kind, port };
    case 'agent':
      return { ...timing, kind };
  }
}
