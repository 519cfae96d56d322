import { rootCertificates } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { canonicalJson } from '@diecast/model';
import { healthProblems, toHealth } from './health.js';
import type { HealthBody } from './health.dto.js';

const authority = `${rootCertificates[0]}\n`;
const broken = authority.replace(/^M/m, 'N');

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

  it('has of what is new only what it says, so that iterations of before stay what they are (SPEC-CHECK-1)', () => {
    const plain = toHealth({ kind: 'http', port: 80 });
    expect(canonicalJson(toHealth({ kind: 'http', port: 80, scheme: 'http', tlsVerify: false }))).toBe(
      canonicalJson(plain),
    );
    const asked = { serverName: 'web.example', bodyContains: 'ok', ca: authority } as const;
    expect(toHealth({ kind: 'http', port: 80, scheme: 'https', tlsVerify: true, ...asked })).toEqual({
      ...plain,
      scheme: 'https',
      tlsVerify: true,
      ...asked,
    });
    expect(toHealth({ kind: 'agent', command: ['/bin/true'] })).toMatchObject({ command: ['/bin/true'] });
  });

  it.each<readonly [HealthBody, readonly string[]]>([
    [{ kind: 'http' }, ['health.port']],
    [{ kind: 'tcp' }, ['health.port']],
    [{ kind: 'tcp', port: 22, path: '/', status: 200 }, ['health.path', 'health.status']],
    [{ kind: 'agent', port: 80 }, ['health.port']],
    [{ kind: 'agent' }, []],
    [{ kind: 'agent', command: ['/bin/true', '-x'] }, []],
    [{ kind: 'agent', command: ['true'] }, ['health.command']],
    [{ kind: 'agent', command: [] }, ['health.command']],
    [{ kind: 'tcp', port: 22, command: ['/bin/true'] }, ['health.command']],
    [
      { kind: 'agent', scheme: 'https', tlsVerify: true, serverName: 'web', bodyContains: 'ok' },
      ['health.scheme', 'health.tlsVerify', 'health.serverName', 'health.bodyContains'],
    ],
    [{ kind: 'http', port: 80, serverName: 'web.example', bodyContains: 'ok', tlsVerify: false }, []],
    [{ kind: 'http', port: 80, tlsVerify: true }, ['health.tlsVerify']],
    [{ kind: 'http', port: 80, scheme: 'http', ca: authority }, ['health.ca']],
    [{ kind: 'http', port: 443, scheme: 'https', ca: authority }, ['health.ca']],
    [{ kind: 'http', port: 443, scheme: 'https', tlsVerify: true, ca: authority }, []],
    [{ kind: 'http', port: 443, scheme: 'https', tlsVerify: true, ca: authority + authority }, []],
    [{ kind: 'http', port: 443, scheme: 'https', tlsVerify: true, ca: 'MIIB' }, ['health.ca']],
    [{ kind: 'http', port: 443, scheme: 'https', tlsVerify: true, ca: broken }, ['health.ca']],
  ])('%j is wrong at %j', (health, paths) => {
    expect(healthProblems(health, 'health').map(({ path }) => path)).toEqual(paths);
  });
});
