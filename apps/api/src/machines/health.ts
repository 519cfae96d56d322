import { X509Certificate } from 'node:crypto';
import type { AgentCheck, FieldError, HealthSpec, HttpCheck } from '@diecast/model';
import type { HealthBody } from './health.dto.js';

/** Which kinds of check use a field. What is not here, all do. */
const ONLY_FOR = {
  port: ['http', 'tcp'],
  path: ['http'],
  status: ['http'],
  scheme: ['http'],
  tlsVerify: ['http'],
  ca: ['http'],
  serverName: ['http'],
  bodyContains: ['http'],
  command: ['agent'],
} as const satisfies Partial<Record<keyof HealthBody, readonly HealthBody['kind'][]>>;
const FIELDS = Object.keys(ONLY_FOR) as readonly (keyof typeof ONLY_FOR)[];

/** What no field can say of itself. @param path of the check in the request */
export function healthProblems(health: HealthBody, path: string): readonly FieldError[] {
  const { kind, port } = health;
  const unused = FIELDS.filter(
    (field) => health[field] !== undefined && !ONLY_FOR[field].some((fit) => fit === kind),
  ).map((field) => problem(`is not used by a check of the kind ${kind}`, path, field));
  const missing =
    kind !== 'agent' && port === undefined
      ? [problem(`is missing: a check of the kind ${kind} needs it`, path, 'port')]
      : [];
  return [
    ...missing,
    ...unused,
    ...(kind === 'http' ? tlsProblems(health, path) : []),
    ...(kind === 'agent' ? commandProblems(health, path) : []),
  ];
}

const problem = (message: string, path: string, field: keyof HealthBody): FieldError => ({
  path: `${path}.${field}`,
  message,
});

function tlsProblems({ scheme, tlsVerify, ca }: HealthBody, path: string): readonly FieldError[] {
  if (scheme !== 'https')
    return [
      ...(tlsVerify === true ? [problem('needs the scheme https', path, 'tlsVerify')] : []),
      ...(ca === undefined ? [] : [problem('needs the scheme https', path, 'ca')]),
    ];
  if (ca === undefined) return [];
  if (tlsVerify !== true)
    return [problem('is not used: without tlsVerify any certificate will do', path, 'ca')];
  return isCertificate(ca) ? [] : [problem('must be one or more certificates in PEM', path, 'ca')];
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g;

function isCertificate(pem: string): boolean {
  const found = pem.match(CERTIFICATES) ?? [];
  if (found.length === 0 || pem.replaceAll(CERTIFICATES, '').includes('-----')) return false;
  try {
    return found.every((one) => new X509Certificate(one).raw.length > 0);
  } catch {
    return false;
  }
}

const commandProblems = ({ command }: HealthBody, path: string): readonly FieldError[] =>
  command === undefined || command[0]?.startsWith('/') === true
    ? []
    : [problem('must begin with the absolute path of a program', path, 'command')];

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
      return { ...timing, ...toHttp(health, port) };
    case 'tcp':
      return { ...timing, kind, port };
    case 'agent':
      return { ...timing, ...toAgent(health) };
  }
}

/** What says no more than the default is left out: an iteration is the same with and without it. */
function toHttp(health: HealthBody, port: number): HttpCheck {
  const { path = '/', status = 200, scheme, tlsVerify, ca, serverName, bodyContains } = health;
  return {
    kind: 'http',
    port,
    path,
    status,
    ...(scheme === 'https' ? { scheme } : {}),
    ...(tlsVerify === true ? { tlsVerify } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(bodyContains === undefined ? {} : { bodyContains }),
  };
}

const toAgent = ({ command }: HealthBody): AgentCheck => ({
  kind: 'agent',
  ...(command === undefined ? {} : { command: [...command] }),
});
