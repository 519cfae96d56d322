import type { Role } from '@diecast/model';
import { digestOf, sampleManifest } from '../../harness/samples.js';

/** The body with another value at the path; undefined takes it away. */
export function withAt(body: unknown, path: string, value: unknown): unknown {
  const [name = '', ...rest] = path.split('.');
  const object = { ...(body as Record<string, unknown>) };
  const next = rest.length === 0 ? value : withAt(object[name] ?? {}, rest.join('.'), value);
  if (next === undefined) delete object[name];
  else object[name] = next;
  return object;
}

export const network = { kind: 'bridge', name: 'br0', addressing: { mode: 'dhcp' } };
export const range = { mode: 'static', rangeStart: '192.0.2.10', rangeEnd: '192.0.2.19', prefix: 24 };
const health = { kind: 'http', port: 80, path: '/healthz' };
export const declaration = { image: 'img', machine: { vcpus: 1, memoryMiB: 128 }, network, health };
const NOT_NAMES = [
  '',
  'A',
  '../etc',
  'a/b',
  'a<b/>',
  "a' or 1=1",
  'a\n',
  '-a',
  'a'.repeat(64),
  7,
  null,
  ['a'],
  { a: 1 },
];
const NOT_FLAGS = ['true', 1, null];
const notWhole = (least: number, most: number) => [
  least - 1,
  most + 1,
  least + 0.5,
  String(least),
  true,
  null,
  [least],
  Infinity,
];
const NOT_OBJECTS = [null, 'text', 7, []];

/** For every field of a body: values that are wrong. */
type Wrong = readonly (readonly [path: string, values: readonly unknown[]])[];

const NETWORK: Wrong = [
  ['network', [undefined, ...NOT_OBJECTS]],
  ['network.kind', [undefined, 'vlan', 7]],
  ['network.name', [undefined, '', 'br0/..', '<b/>', 'a-bridge-too-long', 7]],
  ['network.addressing', [undefined, ...NOT_OBJECTS]],
  ['network.addressing.mode', [undefined, 'auto', 7]],
  ['network.addressing.rangeStart', ['192.0.2.10', '192.0.2.300', 7]],
];
const STATIC: Wrong = [
  ['network.addressing.rangeStart', [undefined, '192.0.2', '192.0.2.010', 7]],
  ['network.addressing.rangeEnd', [undefined, '192.0.2.9', '192.0.2.255', '192.0.3.1']],
  ['network.addressing.prefix', [undefined, ...notWhole(8, 30)]],
  ['network.addressing.gateway', ['192.0.2.15', '198.51.100.1', 'gw', 7]],
];
const HEALTH: Wrong = [
  ['health', [undefined, ...NOT_OBJECTS]],
  ['health.kind', [undefined, 'ping', 7]],
  ['health.port', [undefined, ...notWhole(1, 65_535)]],
  ['health.path', ['healthz', '/a b', '/a\r\nX: y', 7]],
  ['health.status', notWhole(100, 599)],
  ['health.scheme', ['ftp', 7]],
  ['health.tlsVerify', ['yes', 7, true]],
  ['health.ca', ['', 'x'.repeat(65_537), 7]],
  ['health.serverName', ['', 'a b', '-a', 'a'.repeat(254), 7]],
  ['health.bodyContains', ['', 'x'.repeat(1025), 7]],
  ['health.command', ['/bin/true', ['/bin/true'], [''], [7], Array(65).fill('/bin/true')]],
  ['health.intervalSeconds', notWhole(1, 300)],
  ['health.timeoutSeconds', notWhole(1, 60)],
  ['health.successes', notWhole(1, 100)],
  ['health.failures', notWhole(1, 100)],
  ['health.startPeriodSeconds', notWhole(1, 3600)],
];
const prometheus = { name: 'errors', kind: 'prometheus', url: 'http://p:9090', query: 'up', least: 1 };
const webhook = { name: 'hook', kind: 'webhook', url: 'https://h/gate' };
const without = (body: object, name: string): object => withAt(body, name, undefined) as object;
const ROLLOUT: Wrong = [
  ['rollout', NOT_OBJECTS],
  ['rollout.strategy', ['bluegreen', 'all', 7]],
  ['rollout.maxSurge', notWhole(0, 100)],
  ['rollout.maxUnavailable', notWhole(0, 100)],
  ['rollout.batch', [0, 1001, 1.5, '1', true, [1]]],
  ['rollout.order', ['newest', 7]],
  ['rollout.promotion', ['manual', 'later', 7]],
  ['rollout.bakeSeconds', ['1m', ...notWhole(0, 604_800)]],
  ['rollout.standbySeconds', ['1h', ...notWhole(0, 604_800)]],
  ['rollout.brakePercent', notWhole(1, 100)],
  ['rollout.progressDeadlineSeconds', ['10m', ...notWhole(10, 86_400)]],
  ['rollout.drainSeconds', ['10s', ...notWhole(0, 3600)]],
  ['rollout.automaticRollback', NOT_FLAGS],
  ['rollout.steps', [7, [7], [{ weight: 10 }], 'canary']],
  [
    'rollout.analysis',
    [
      7,
      [7],
      [{ ...prometheus, name: 'A' }],
      [{ ...prometheus, kind: 'graphite' }],
      [{ ...prometheus, url: 'file:///etc/passwd' }],
      [{ ...prometheus, url: 'http://me:secret@p' }],
      [{ ...prometheus, query: ' ' }],
      [without(prometheus, 'query')],
      [without(prometheus, 'least')],
      [{ ...prometheus, most: 0 }],
      [{ ...prometheus, most: '1' }],
      [{ ...prometheus, failures: 0 }],
      [{ ...prometheus, intervalSeconds: 0 }],
      [prometheus, prometheus],
      [{ ...webhook, query: 'up' }],
      [{ ...webhook, most: 1 }],
      Array.from({ length: 11 }, (_, index) => ({ ...webhook, name: `hook-${index}` })),
    ],
  ],
];
const CANARY: Wrong = [
  [
    'rollout.steps',
    [
      undefined,
      [],
      [{}],
      [{ weight: 0 }],
      [{ weight: 100 }],
      [{ weight: 10 }, { weight: 10 }],
      [{ weight: 10, pauseSeconds: '1m' }],
      [{ weight: 10, pauseSeconds: -1 }],
      [{ weight: 10, pause: 1 }],
    ],
  ],
  ['rollout.batch', [1]],
  ['rollout.promotion', ['manual']],
];
const MACHINE: Wrong = [
  ['machine', [undefined, ...NOT_OBJECTS]],
  ['machine.vcpus', [undefined, ...notWhole(1, 256)]],
  ['machine.memoryMiB', [undefined, '512MiB', '1G', ...notWhole(32, 4_194_304)]],
  ['machine.firmware', ['uefi', 'coreboot', 7]],
  ['machine.cpu', ['<cpu/>', '', 7]],
];

export type Case = {
  readonly method: 'post' | 'put';
  readonly path: (instanceId: string) => string;
  readonly role: Role;
  readonly body: object;
  readonly wrong: Wrong;
};

export const CASES: Readonly<Record<string, Case>> = {
  'a host': {
    method: 'post',
    path: () => '/v1/hosts',
    role: 'admin',
    body: { name: 'h2', uri: 'qemu+tls://h2/system' },
    wrong: [
      ['name', [undefined, ...NOT_NAMES]],
      [
        'uri',
        [
          undefined,
          '',
          'http://h2',
          'qemu+ssh://root:secret@h2/system',
          'qemu+tls://h2/system?a=<b>\n',
          7,
          null,
        ],
      ],
      ['migrationUri', ['tcp://h2', 7]],
      ['port', [1]],
    ],
  },
  'a source of an image': {
    method: 'post',
    path: () => '/v1/images',
    role: 'operator',
    body: { source: { type: 'path', path: '/srv/web' } },
    wrong: [
      ['source', [undefined, ...NOT_OBJECTS]],
      ['source.type', [undefined, 'ftp', 7]],
      ['source.path', [undefined, 'web', '../web', '/a\nb', 7]],
      ['source.url', ['https://h/web']],
      ['source.manifest', [{}]],
      ['source.signature', [{}]],
    ],
  },
  'an image at a URL': {
    method: 'post',
    path: () => '/v1/images',
    role: 'operator',
    body: { source: { type: 'url', url: 'https://h/web' } },
    wrong: [
      ['source.url', [undefined, 'file:///etc/passwd', 'https://me:secret@h/', 'https://h/?a=b', 'h', 7]],
    ],
  },
  'an uploaded image': {
    method: 'post',
    path: () => '/v1/images',
    role: 'operator',
    body: { source: { type: 'upload', manifest: sampleManifest('up') } },
    wrong: [
      ['source.manifest', [undefined, ...NOT_OBJECTS]],
      ['source.manifest.name', [undefined, '../up', 7]],
      ['source.manifest.disk.digest', [undefined, 'sha256:abc', digestOf('x').toUpperCase()]],
      ['source.manifest.disk.size', ['1 GiB', -1]],
      ['source.manifest.kernel', ['vmlinuz']],
      ['source.signature.keyId', [undefined]],
    ],
  },
  'a proof': {
    method: 'post',
    path: () => '/v1/images/img/prove',
    role: 'operator',
    body: { network, health, vcpus: 1, memoryMiB: 128 },
    wrong: [
      ...NETWORK,
      ...HEALTH,
      ['vcpus', [undefined, ...notWhole(1, 256)]],
      ['memoryMiB', [undefined, '128MiB', ...notWhole(32, 4_194_304)]],
      ['firmware', ['uefi', 'coreboot', 7]],
      ['host', NOT_NAMES.filter((name) => name !== null)],
    ],
  },
  'a revocation': {
    method: 'post',
    path: () => '/v1/images/img/revoke',
    role: 'operator',
    body: { reason: 'why' },
    wrong: [['reason', [undefined, '', ' ', 'x'.repeat(501), 7, null]]],
  },
  'a service': {
    method: 'put',
    path: () => '/v1/services/web',
    role: 'operator',
    body: declaration,
    wrong: [
      ['image', [undefined, '', 'IMG', '../img', 'sha256:abc', 'img:', 7, null]],
      ['replicas', notWhole(0, 1000)],
      ...MACHINE,
      ...NETWORK,
      ...HEALTH,
      ['userData', NOT_OBJECTS],
      ['userData.cloudInit', NOT_OBJECTS],
      ['userData.cloudInit.userData', [undefined, 7, 'x'.repeat(262_145)]],
      ['userData.credentials', [...NOT_OBJECTS, { '../x': 'y' }, { x: 7 }]],
      ['traffic', NOT_OBJECTS],
      ['traffic.provider', [undefined, 'nginx', 7]],
      ...ROLLOUT,
      ['placement', NOT_OBJECTS],
      ['placement.hosts', ['h1', [''], ['../h1'], [7], null]],
      ['placement.spread', ['racks', 7]],
      ['sandbox', NOT_OBJECTS],
      ['sandbox.profile', [undefined, 'none', 7]],
      ['command', ['rm -rf /']],
    ],
  },
  'a service with addresses of its own': {
    method: 'put',
    path: () => '/v1/services/web',
    role: 'operator',
    body: { ...declaration, network: { ...network, addressing: range } },
    wrong: STATIC,
  },
  'a canary': {
    method: 'put',
    path: () => '/v1/services/web',
    role: 'operator',
    body: { ...declaration, rollout: { strategy: 'canary', steps: [{ weight: 10 }, { weight: 50 }] } },
    wrong: CANARY,
  },
  'a rollback': {
    method: 'post',
    path: () => '/v1/services/web/rollback',
    role: 'operator',
    body: {},
    wrong: [['iteration', [0, 1.5, '1', true, [1]]]],
  },
  'a replacement': {
    method: 'post',
    path: (id) => `/v1/instances/${id}/replace`,
    role: 'operator',
    body: {},
    wrong: [['host', NOT_NAMES.filter((name) => name !== null)]],
  },
  'a migration': {
    method: 'post',
    path: (id) => `/v1/instances/${id}/migrate`,
    role: 'operator',
    body: {},
    wrong: [
      ['host', NOT_NAMES.filter((name) => name !== null)],
      ['bandwidthMiBps', ['100MiB', ...notWhole(1, 1_000_000)]],
      ['downtimeMs', ['300ms', ...notWhole(1, 60_000)]],
    ],
  },
  'a snapshot': {
    method: 'post',
    path: (id) => `/v1/instances/${id}/snapshots`,
    role: 'operator',
    body: { name: 'kept', withMemory: true },
    wrong: [
      ['name', [undefined, ...NOT_NAMES]],
      ['withMemory', [undefined, ...NOT_FLAGS]],
      ['quiesce', NOT_FLAGS],
    ],
  },
  'a token': {
    method: 'post',
    path: () => '/v1/tokens',
    role: 'admin',
    body: { name: 'new', role: 'viewer' },
    wrong: [
      ['name', [undefined, ...NOT_NAMES]],
      ['role', [undefined, 'root', 'Admin', 7, null]],
    ],
  },
};
