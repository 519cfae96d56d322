import { createHash } from 'node:crypto';
import {
  DEFAULT_ROLLOUT,
  isDigest,
  type Digest,
  type HostFacts,
  type ImageManifest,
  type IterationSpec,
  type ServiceSettings,
} from '@diecast/model';
import type { Store } from '@diecast/store';

/** Valid nouns for tests that are about something else. */
export const digestOf = (text: string): Digest => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export function requireDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new Error(`${text} is no digest`);
}

export const sampleManifest = (name: string, version = '1'): ImageManifest => ({
  schemaVersion: 1,
  name,
  version,
  architecture: 'x86_64',
  firmware: 'bios',
  disk: { digest: digestOf(`${name}-${version}-disk`), size: 1024, format: 'raw', virtualSize: 1024 },
});

export async function insertImage(store: Store, name: string, version = '1'): Promise<Digest> {
  const digest = digestOf(`${name}:${version}`);
  await store.images.insert({
    digest,
    name,
    version,
    manifest: sampleManifest(name, version),
    signature: null,
    signatureStatus: 'unsigned',
    sizeBytes: 1024,
  });
  return digest;
}

export const sampleEvidence = {
  host: 'h1',
  accelerator: 'tcg',
  bootedAt: '2026-01-01T00:00:00.000Z',
  healthyAfterSeconds: 3,
  check: 'http',
  operationId: '00000000-0000-7000-8000-000000000000',
};

export async function insertProvenImage(store: Store, name: string, version = '1'): Promise<Digest> {
  const digest = await insertImage(store, name, version);
  await store.images.setStatus(digest, 'candidate', null);
  await store.images.recordProof(digest, sampleEvidence);
  return digest;
}

export const sampleSpec = (image: Digest, memoryMiB = 128): IterationSpec => ({
  image,
  machine: { vcpus: 1, memoryMiB, firmware: 'bios', cpu: 'portable' },
  network: { kind: 'bridge', name: 'br0', addressing: { mode: 'dhcp' } },
  userData: {},
  health: {
    kind: 'tcp',
    port: 80,
    intervalSeconds: 1,
    timeoutSeconds: 1,
    successes: 1,
    failures: 3,
    startPeriodSeconds: 60,
  },
  traffic: { provider: 'none', backend: 'web', port: 80 },
  sandbox: { profile: 'default' },
});

export const sampleSettings = (replicas: number): ServiceSettings => ({
  replicas,
  rollout: { ...DEFAULT_ROLLOUT, drainSeconds: 5 },
  placement: { hosts: [], spread: 'hosts' },
});

export const sampleFacts = (memoryBytes: number): HostFacts => ({
  hostname: 'h1',
  hostUuid: '11111111-1111-4111-8111-111111111111',
  libvirtVersion: '9.0.0',
  qemuVersion: '7.2.0',
  architecture: 'x86_64',
  cpuModel: 'qemu64',
  cpuXml: '<cpu/>',
  cpus: 2,
  memoryBytes,
  accelerator: 'tcg',
  acceleratorReason: 'a sample',
  securityModels: ['none', 'dac'],
  pool: { name: 'default', path: '/pool', capacityBytes: 1, availableBytes: 1 },
});
