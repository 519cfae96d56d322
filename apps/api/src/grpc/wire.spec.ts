import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_ROLLOUT, type RolloutSpec } from '@diecast/model';
import {
  sampleEvidence,
  sampleFacts,
  sampleManifest,
  sampleSettings,
  sampleSpec,
  digestOf,
} from '../../../../test/harness/samples.js';
import { eventView } from '../events/events.view.js';
import { hostView } from '../hosts/hosts.view.js';
import { imageView } from '../images/images.view.js';
import { instanceView } from '../instances/instances.view.js';
import { operationView } from '../operations/operations.view.js';
import { rolloutView } from '../services/rollouts.view.js';
import { iterationView, serviceView } from '../services/services.view.js';
import { snapshotView } from '../snapshots/snapshots.view.js';
import { Event } from './gen/diecast/v1/events.js';
import { Host } from './gen/diecast/v1/hosts.js';
import { Image } from './gen/diecast/v1/images.js';
import { Instance } from './gen/diecast/v1/instances.js';
import { Operation } from './gen/diecast/v1/operations.js';
import { Iteration, Rollout, Service } from './gen/diecast/v1/services.js';
import { Snapshot } from './gen/diecast/v1/snapshots.js';
import { toBytes, toJson, type Codec } from './wire.js';

const at = new Date('2026-03-01T12:00:00.123Z');
const id = '0197c3f0-5a1e-7cc2-9d6b-3a1f0e6f2b11';
const digest = digestOf('an image');
const error = { code: 'no_capacity', message: 'No room.', details: { hosts: [{ a: 'full' }] } } as const;

const operation = operationView({
  id,
  kind: 'instance.migrate',
  status: 'stuck',
  input: { instanceId: id },
  progress: { percent: 12.5, message: 'copies', data: { transferredBytes: 2 ** 40 } },
  steps: [{ name: 'reserve', status: 'failed', startedAt: at, finishedAt: at, error }],
  resources: [{ type: 'instance', id }],
  result: { downtimeMs: 51.25, nested: { list: [1, 'two', null, true] } },
  error,
  mayCancel: true,
  cancelRequested: true,
  parentId: id,
  createdBy: 'ann',
  createdAt: at,
  startedAt: at,
  finishedAt: at,
});

const iteration = {
  service: 'web',
  number: 3,
  specHash: 'ab',
  spec: {
    ...sampleSpec(digest),
    network: {
      kind: 'network',
      name: 'pool',
      addressing: {
        mode: 'static',
        rangeStart: '192.0.2.10',
        rangeEnd: '192.0.2.20',
        prefix: 24,
        gateway: '192.0.2.1',
      },
    },
    userData: { cloudInit: { userData: 'x', metaData: 'y', networkConfig: 'z' }, credentials: { a: 'b' } },
  },
  knownGoodAt: at,
  createdAt: at,
} as const;

const EVERYTHING_SAID: RolloutSpec = {
  ...DEFAULT_ROLLOUT,
  strategy: 'canary',
  batch: 2,
  order: 'oldest',
  steps: [
    { weight: 10, pauseSeconds: 60 },
    { weight: 50, pauseSeconds: null },
  ],
  promotion: 'manual',
  bakeSeconds: 30,
  analysis: [
    {
      name: 'errors',
      kind: 'prometheus',
      url: 'http://p:9090',
      query: 'up',
      least: 0.5,
      most: null,
      intervalSeconds: 5,
      failures: 2,
    },
    { name: 'hook', kind: 'webhook', url: 'https://h/', intervalSeconds: 5, failures: 2 },
  ],
  standbySeconds: 600,
  brakePercent: 40,
};

/** Nouns with every field set, as REST shows them. */
const SHOWN: readonly (readonly [string, Codec, object])[] = [
  [
    'host',
    Host,
    hostView({
      name: 'h1',
      uri: 'qemu+tls://h1/system',
      migrationUri: 'qemu+tls://10.0.0.1/system',
      status: 'cordoned',
      statusReason: 'Cordoned by ann.',
      facts: sampleFacts(2 ** 43),
      createdAt: at,
      lastSeenAt: at,
    }),
  ],
  [
    'image',
    Image,
    imageView({
      digest,
      name: 'tiny',
      version: '1',
      status: 'revoked',
      statusReason: 'old',
      manifest: {
        ...sampleManifest('tiny'),
        provenance: { builder: 'lab', sources: [] },
        agent: false,
      },
      signature: { keyId: 'k', algorithm: 'ed25519', signature: 'AA==' },
      signatureStatus: 'verified',
      evidence: sampleEvidence,
      sizeBytes: 2 ** 40,
      createdAt: at,
    }),
  ],
  [
    'service',
    Service,
    serviceView(
      {
        name: 'web',
        iteration: 3,
        status: 'active',
        shares: { '3': 100 },
        createdAt: at,
        updatedAt: at,
        ...sampleSettings(0),
        rollout: EVERYTHING_SAID,
        placement: { hosts: ['h1'], spread: 'hosts' },
      },
      iteration,
    ),
  ],
  ['iteration', Iteration, iterationView(iteration)],
  [
    'rollout',
    Rollout,
    rolloutView({
      service: 'web',
      number: 4,
      fromIteration: 2,
      toIteration: 3,
      trigger: 'automaticRollback',
      status: 'rolledBack',
      statusReason: 'never healthy',
      operationId: id,
      notes: [{ at: at.toISOString(), action: 'create', instanceId: id, reason: 'because' }],
      stage: { name: 'bake', step: 0, promotions: 0, since: at.toISOString() },
      pausedAt: at,
      resumedAt: at,
      promotions: 1,
      findings: [
        { name: 'errors', at: at.toISOString(), good: false, badInRow: 2, message: '0.7 is above 0.5' },
      ],
      startedAt: at,
      finishedAt: at,
    }),
  ],
  [
    'instance',
    Instance,
    instanceView({
      id,
      service: 'web',
      iteration: 3,
      host: 'h1',
      status: 'available',
      statusReason: 'healthy',
      generation: 2,
      address: '192.0.2.10',
      mac: '52:54:00:00:00:01',
      healthy: true,
      inTraffic: true,
      restoredFrom: id,
      activeLayer: 'a layer',
      createdAt: at,
      assembledAt: at,
      availableAt: at,
      inTrafficAt: at,
      drainedAt: at,
      standbyAt: at,
      endedAt: at,
      served: { requests: 3, failures: 1 },
    }),
  ],
  [
    'snapshot',
    Snapshot,
    snapshotView({
      id,
      instanceId: id,
      service: 'web',
      iteration: 3,
      host: 'h1',
      name: 'lunch',
      withMemory: true,
      status: 'ready',
      statusReason: 'done',
      quiesce: 'agent',
      pauseMilliseconds: 51.5,
      layer: 'a layer',
      memoryFile: 'a file',
      sizeBytes: 2 ** 40,
      createdAt: at,
    }),
  ],
  ['operation', Operation, operation],
  [
    'event',
    Event,
    eventView({
      id: '17',
      at,
      type: 'operation.changed',
      resource: { type: 'operation', id },
      data: { id, status: 'running' },
    }),
  ],
];

/** Protobuf sends no 0, false, "" or empty list of a field that is always there. */
function told(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(told);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && member !== 0 && member !== false && member !== '')
      .map(([name, member]) => [name, told(member)]),
  );
}

describe('the wire', () => {
  it.each(SHOWN)('loses nothing of what REST shows of a %s', (_, codec, view) => {
    const whole = JSON.parse(JSON.stringify(view)) as object;
    expect(told(toJson(codec, toBytes(codec, view)))).toEqual(told(whole));
  });

  it('reads any bytes as a message or refuses them as malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...SHOWN), (bytes, [, codec]) => {
        try {
          expect(typeof toJson(codec, bytes)).toBe('object');
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'malformed' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('carries any event data of JSON unchanged', () => {
    const json = fc
      .json()
      // The one name that no JavaScript object is given from outside.
      .filter((text) => !text.includes('__proto__'))
      .map((text) => JSON.parse(text) as unknown);
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]*$/), json), (data) => {
        const view = { id: '1', at: at.toISOString(), type: 't', resource: { type: 'host', id: 'h' }, data };
        expect(toJson(Event, toBytes(Event, view))['data']).toEqual({ ...data });
      }),
      { numRuns: 300 },
    );
  });
});
