import { describe, expect, it } from '@jest/globals';
import { healthProblems, toHealth } from './health.js';
import type { HealthBody } from './health.dto.js';

describe('a health check', () => {
  it('has a default for all that is left out', () => {
    const timing = {
      intervalSeconds: 2,
      timeoutSeconds: 2,
      successes: 1,
      failures: 3,
      startPeriodSeconds: 120,
    };
    expect(toHealth({ kind: 'http', port: 80 })).toEqual({
      ...timing,
      kind: 'http',
      port: 80,
      path: '/',
      status: 200,
    });
    expect(toHealth({ kind: 'tcp', port: 22 })).toEqual({ ...timing, kind: 'tcp', port: 22 });
    expect(toHealth({ kind: 'agent', failures: 9 })).toEqual({ ...timing, kind: 'agent', failures: 9 });
  });

  it.each<readonly [HealthBody, readonly string[]]>([
    [{ kind: 'http' }, ['health.port']],
    [{ kind: 'tcp' }, ['health.port']],
    [{ kind: 'tcp', port: 22, path: '/', status: 200 }, ['health.path', 'health.status']],
    [{ kind: 'agent', port: 80 }, ['health.port']],
    [{ kind: 'agent' }, []],
  ])('%j is wrong at %j', (health, paths) => {
    expect(healthProblems(health, 'health').map(({ path }) => path)).toEqual(paths);
  });
});
