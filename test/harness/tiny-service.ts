import {
  blobsOf,
  type Digest,
  type IterationSpec,
  type Operation,
  type ServiceSettings,
} from '@diecast/model';
import type { LabState } from '../../apps/lab/src/lab.js';
import { tinyImage, type TestImage } from './lab.js';
import { requireDigest, sampleEvidence, sampleSettings, sampleSpec } from './samples.js';
import type { TestServices } from './services.js';

type TinyWish = { readonly settings?: ServiceSettings; readonly startPeriodSeconds?: number };

/** As if the image had been imported and proven. */
export async function keepProven(services: TestServices, image: TestImage): Promise<Digest> {
  const { store } = services;
  const digest = requireDigest(image.digest);
  await services.keepBlobs(image);
  const { name, version } = image.manifest;
  await store.images.insert({
    digest,
    name,
    version,
    manifest: image.manifest,
    signature: null,
    signatureStatus: 'unsigned',
    sizeBytes: blobsOf(image.manifest).reduce((sum, blob) => sum + blob.size, 0),
  });
  await store.images.setStatus(digest, 'candidate', null);
  await store.images.recordProof(digest, sampleEvidence);
  return digest;
}

/** What a machine with that image is, with an address of the lab and the check of our guests' web server. */
export function guestSpec(image: Digest, { network }: LabState, startPeriodSeconds = 90): IterationSpec {
  const { guestRange, prefix, gateway } = network;
  const range = { rangeStart: guestRange.start, rangeEnd: guestRange.end };
  const addressing = { mode: 'static', ...range, prefix, gateway } as const;
  const spec = sampleSpec(image);
  const check = { kind: 'http', port: 80, path: '/healthz', status: 200, startPeriodSeconds } as const;
  // A guest without hardware help on a machine with other work is slow, not sick.
  const timeoutSeconds = 3;
  return {
    ...spec,
    network: { kind: 'bridge', name: network.bridge, addressing },
    health: { ...spec.health, ...check, timeoutSeconds },
  };
}

/** A service of tiny-http machines with addresses of the lab. */
export async function declareTiny(
  services: TestServices,
  lab: LabState,
  service: string,
  variant: 'v1' | 'v2' | 'broken' = 'v1',
  { settings = sampleSettings(1), startPeriodSeconds = 90 }: TinyWish = {},
): Promise<Operation> {
  const digest = await keepProven(services, await tinyImage(variant));
  const spec = guestSpec(digest, lab, startPeriodSeconds);
  const { operation } = await services.store.services.declare(service, spec, settings, 'test');
  if (operation === null) throw new Error(`declaring ${service} changed nothing`);
  return operation;
}

/** Every host of the lab, looked at and ready. */
export async function registerHosts({ store, run }: TestServices, { hosts }: LabState): Promise<void> {
  for (const { name, uri } of hosts) {
    await store.hosts.insert({ name, uri, migrationUri: null });
    requireSucceeded(await run('host.register', { name }));
  }
}

export function requireSucceeded(operation: Operation): Operation {
  if (operation.status === 'succeeded') return operation;
  throw new Error(`${operation.kind} ended ${operation.status}: ${JSON.stringify(operation.error)}`);
}

/** What a host has of machines, and of files that are not images. */
export async function leftOn({ store, hypervisors }: TestServices, name: string): Promise<readonly string[]> {
  const on = hypervisors.at(await store.hosts.require(name));
  const machines = (await on.machines.listMachines()).map((machine) => machine.name);
  const files = (await on.files.listFiles()).map((file) => file.name);
  return [...machines, ...files.filter((file) => !file.endsWith('.blob'))].sort();
}

/** Files of that host in the store that are not images. */
export async function recordedOn({ store }: TestServices, name: string): Promise<readonly string[]> {
  const files = await store.hostFiles.onHost(name);
  return files.filter((file) => file.kind !== 'blob').map((file) => file.name);
}

export const putData = (address: string | null, body: string): Promise<Response> =>
  fetch(`http://${address}/data`, { method: 'PUT', body, signal: AbortSignal.timeout(10_000) });

/** Who answers there, and what it keeps in memory. */
export async function ask(
  address: string | null,
): Promise<{ readonly instance: string; readonly data: string }> {
  const options = { signal: AbortSignal.timeout(10_000) };
  const { instance } = (await (await fetch(`http://${address}/`, options)).json()) as { instance: string };
  return { instance, data: await (await fetch(`http://${address}/data`, options)).text() };
}
