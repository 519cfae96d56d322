import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { macOf, PROOF_SERVICE, type Digest } from '@diecast/model';
import type { NewImage, Store } from '@diecast/store';
import {
  digestOf,
  insertProvenImage,
  sampleManifest,
  sampleSettings,
  sampleSpec,
} from '../../harness/samples.js';
import { DATABASES, prepareStore, type StoreUnderTest } from '../../harness/stores.js';

const imageOf = (name: string, signed = false): NewImage => ({
  digest: digestOf(`${name}:1`),
  name,
  version: '1',
  manifest: sampleManifest(name),
  signature: signed ? { keyId: 'release', algorithm: 'ed25519', signature: 'AA' } : null,
  signatureStatus: signed ? 'verified' : 'unsigned',
  sizeBytes: 1024,
});

describe.each(DATABASES)('images at work on %s', (database) => {
  let underTest: StoreUnderTest;
  let store: Store;

  beforeAll(async () => {
    underTest = await prepareStore(database);
    store = await underTest.open();
    await store.hosts.insert({ name: 'h1', uri: 'qemu+tls://h1/system', migrationUri: null });
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await underTest.close();
  });

  const newOperation = async (): Promise<string> => {
    const input = { source: { type: 'path', path: '/' } };
    return (await store.operations.insert({ kind: 'image.import', input, resources: [], createdBy: 'ann' }))
      .id;
  };
  const statusOf = async (digest: Digest) => (await store.images.find(digest))?.status;

  it('lets the last of several imports that give up take the row, and no other', async () => {
    const image = imageOf('given-up');
    const [first, second] = [await newOperation(), await newOperation()];
    const begun = await Promise.all([first, second].map((id) => store.images.beginImport(image, id)));
    expect(begun.map(({ status }) => status)).toEqual(['importing', 'importing']);
    expect(await store.images.abandonImport(first)).toBeUndefined();
    expect(await store.images.abandonImport(first)).toBeUndefined();
    expect(await statusOf(image.digest)).toBe('importing');
    expect(await store.images.abandonImport(second)).toMatchObject({ status: 'deleting' });
    // Whoever goes on after a crash is told the same.
    expect(await store.images.abandonImport(second)).toMatchObject({ digest: image.digest });
    await store.images.delete(image.digest);
    expect(await store.images.abandonImport(second)).toBeUndefined();
  });

  it('makes a candidate once, and lets a late signature in until the image is proven', async () => {
    const unsigned = await newOperation();
    const { digest } = await store.images.beginImport(imageOf('signed-later'), unsigned);
    expect(await store.images.finishImport(unsigned)).toMatchObject({ status: 'candidate' });
    const signed = await newOperation();
    const better = await store.images.beginImport(imageOf('signed-later', true), signed);
    expect(better).toMatchObject({ status: 'candidate', signatureStatus: 'verified' });
    const other = imageOf('source-changed');
    await expect(store.images.beginImport(other, signed)).rejects.toMatchObject({ code: 'conflict' });
    expect(await statusOf(other.digest)).toBeUndefined();
    expect(await store.images.abandonImport(signed)).toBeUndefined();
    expect(await statusOf(digest)).toBe('candidate');
  });

  it('imports neither what is revoked nor what is being deleted', async () => {
    const revoked = imageOf('revoked');
    await store.images.insert(revoked);
    await store.images.setStatus(revoked.digest, 'candidate', null);
    await store.images.setStatus(revoked.digest, 'revoked', 'stolen');
    await expect(store.images.beginImport(revoked, await newOperation())).rejects.toMatchObject({
      code: 'image_revoked',
    });
    await store.images.markDeleting(revoked.digest);
    await expect(store.images.beginImport(revoked, await newOperation())).rejects.toMatchObject({
      code: 'busy',
    });
  });

  it('deletes nothing that is imported at the moment, and knows which blobs are needed still', async () => {
    const image = imageOf('busy');
    const blob = image.manifest.disk.digest;
    const operation = await newOperation();
    await store.images.beginImport(image, operation);
    await expect(store.images.markDeleting(image.digest)).rejects.toMatchObject({ code: 'busy' });
    expect(await store.images.needsBlob(blob)).toBe(true);
    await store.images.finishImport(operation);
    await store.operations.requestCancel(operation);
    expect(await store.images.markDeleting(image.digest)).toMatchObject({ status: 'deleting' });
    expect(await store.images.needsBlob(blob)).toBe(false);
    expect(await store.images.needsBlob(digestOf('nothing'))).toBe(false);
  });

  it('keeps an image that a service, a machine or a snapshot stands on, and no service begins with one that goes', async () => {
    const digest = await insertProvenImage(store, 'stood-on');
    await store.services.declare('stands', sampleSpec(digest), sampleSettings(1), 'ann');
    const id = randomUUID();
    const snapshotId = randomUUID();
    const place = { service: 'stands', iteration: 1, host: 'h1' };
    await store.instances.reserve({ id, ...place, mac: macOf(id), memoryMiB: 1, range: null });
    await store.snapshots.insert({ id: snapshotId, instanceId: id, ...place, name: 's', withMemory: false });
    const users = ['iteration 1 of service stands', `instance ${id}`, `snapshot ${snapshotId}`];
    const refused = (left: readonly string[]) =>
      expect(store.images.markDeleting(digest)).rejects.toMatchObject({
        code: 'in_use',
        details: { users: left },
      });
    await refused(users);
    await store.services.markDeleting('stands');
    await store.services.markDeleted('stands');
    await refused(users.slice(1));
    await store.instances.setStatus(id, 'failed', null);
    await store.instances.release(id);
    await refused(users.slice(2));
    await store.snapshots.setStatus(snapshotId, 'failed', null);
    await store.snapshots.setStatus(snapshotId, 'deleted', null);
    await store.images.markDeleting(digest);
    await expect(
      store.services.declare('stands', sampleSpec(digest), sampleSettings(1), 'ann'),
    ).rejects.toMatchObject({ code: 'image_unproven' });
  });

  it('keeps a machine that proves an image without an iteration, and its name from every service', async () => {
    const id = randomUUID();
    const machine = { id, service: PROOF_SERVICE, iteration: 0, host: 'h1', mac: macOf(id) };
    const range = { network: 'br0', rangeStart: '10.1.0.1', rangeEnd: '10.1.0.1' };
    const made = await store.instances.reserve({ ...machine, memoryMiB: 64, range });
    expect(made).toMatchObject({ service: PROOF_SERVICE, iteration: 0, address: '10.1.0.1' });
    expect(await store.instances.live({ service: PROOF_SERVICE })).toEqual([made]);
    const stray = randomUUID();
    await expect(
      store.instances.reserve({ ...machine, id: stray, service: 'web', memoryMiB: 64, range: null }),
    ).rejects.toMatchObject({ code: 'conflict' });
    const digest = await insertProvenImage(store, 'named');
    await expect(
      store.services.declare(PROOF_SERVICE, sampleSpec(digest), sampleSettings(1), 'ann'),
    ).rejects.toMatchObject({ code: 'invalid', errors: [{ path: 'name' }] });
  });
});
