import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { blobsOf, digestHex, type Digest, type ImageSource, type Operation } from '@diecast/model';
import { imageDelete, imageImport } from '@diecast/flows';
import { openUrlFolder } from '../../../libs/flows/src/image-source/url-folder.js';
import { makeImage, signImage, writeManifest } from '../../harness/image-folder.js';
import { borrowPublicAddress, serveFiles, type ImageServer } from '../../harness/image-server.js';
import type { TestImage } from '../../harness/lab.js';
import { requireDigest } from '../../harness/samples.js';
import { openServices, type TestServices } from '../../harness/services.js';

const run = promisify(execFile);
const MOST_BLOB_BYTES = 1_000_000;
const never = new AbortController().signal;

describe('importing an image', () => {
  const keys = generateKeyPairSync('ed25519');
  let services: TestServices;
  let strict: TestServices;
  let root: string;
  let server: ImageServer;

  beforeAll(async () => {
    const limits = { maxBlobBytes: MOST_BLOB_BYTES };
    services = await openServices([imageImport, imageDelete], limits);
    strict = await openServices([imageImport], {
      ...limits,
      privateUrls: false,
      signatures: 'require',
      keys: [{ id: 'release', publicKey: keys.publicKey }],
    });
  }, 60_000);
  afterAll(async () => {
    await services?.close();
    await strict?.close();
  });
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'diecast-images-'));
    server = await serveFiles(root);
  });
  afterEach(async () => {
    await server.close();
    await rm(root, { recursive: true, force: true });
  });

  const make = (
    name: string,
    parts: Omit<Parameters<typeof makeImage>[1], 'name'> = {},
  ): Promise<TestImage> => makeImage(join(root, name), { name, ...parts });
  const importFrom = (source: ImageSource, into = services): Promise<Operation> =>
    into.run('image.import', { source });
  const byUrl = ({ manifest }: TestImage): ImageSource => ({
    type: 'url',
    url: `${server.url}/${manifest.name}`,
  });
  const byPath = ({ folder }: TestImage): ImageSource => ({ type: 'path', path: folder });
  const diskOf = ({ manifest }: TestImage): string =>
    `/${manifest.name}/blobs/${digestHex(manifest.disk.digest)}`;
  const sizesIn = ({ blobs }: TestServices, { manifest }: TestImage) =>
    Promise.all(blobsOf(manifest).map(({ digest }) => blobs.sizeOf(digest)));

  /** It failed with this code, and neither a row nor a blob of it is left. */
  async function expectRefused(
    operation: Operation,
    code: string,
    image: TestImage,
    in_ = services,
  ): Promise<void> {
    expect(operation).toMatchObject({ status: 'failed', error: { code } });
    expect(await in_.store.images.find(requireDigest(image.digest))).toBeUndefined();
    expect(await sizesIn(in_, image)).toEqual(blobsOf(image.manifest).map(() => undefined));
  }

  it('takes it from a folder, by the digest of its manifest whatever the layout (SPEC-IMG-1)', async () => {
    const image = await make('from-path');
    const sizes = blobsOf(image.manifest).map(({ size }) => size);
    const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
    const done = await importFrom(byPath(image));
    expect(done).toMatchObject({
      status: 'succeeded',
      result: {
        digest: image.digest,
        name: 'from-path',
        version: '1',
        sizeBytes,
        signatureStatus: 'unsigned',
      },
    });
    const told = await services.store.events.after(null, { operationId: done.id, limit: 500 });
    const progress = { percent: 100, data: { bytesDone: sizeBytes, bytesTotal: sizeBytes } };
    expect(told.map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ progress: expect.objectContaining(progress) }),
    );
    const row = await services.store.images.resolve('from-path');
    expect(row).toMatchObject({ digest: image.digest, status: 'candidate', manifest: image.manifest });
    expect(await sizesIn(services, image)).toEqual(sizes);
  });

  it('takes it from a URL, and from an upload whose blobs were sent before', async () => {
    const image = await make('from-url');
    expect(await importFrom(byUrl(image))).toMatchObject({ status: 'succeeded' });
    const upload = await make('from-upload');
    const source = { type: 'upload', manifest: upload.manifest, signature: null } as const;
    await expectRefused(await importFrom(source), 'not_found', upload);
    await services.keepBlobs(upload);
    expect(await importFrom(source)).toMatchObject({
      status: 'succeeded',
      result: { digest: upload.digest },
    });
  });

  it('has it once, however often and however many at once import it', async () => {
    const image = await make('often');
    const [first, second] = await Promise.all([importFrom(byUrl(image)), importFrom(byUrl(image))]);
    const third = await importFrom(byPath(image));
    for (const operation of [first, second, third])
      expect(operation).toMatchObject({ status: 'succeeded', result: { digest: image.digest } });
    expect((await services.store.images.list({ name: 'often' })).items).toHaveLength(1);
    const fetched = server.asked.filter((path) => path.includes('/blobs/'));
    expect(fetched).toHaveLength(new Set(fetched).size);
  });

  it('refuses a blob that differs by one byte, is cut off, or goes on, and leaves nothing of it (SPEC-IMG-1)', async () => {
    const wrong = await make('wrong');
    const bytes = await readFile(join(root, diskOf(wrong)));
    bytes[1234] = (bytes[1234] ?? 0) ^ 1;
    await writeFile(join(root, diskOf(wrong)), bytes);
    await expectRefused(await importFrom(byUrl(wrong)), 'digest_mismatch', wrong);
    await expectRefused(await importFrom(byPath(wrong)), 'digest_mismatch', wrong);

    const cut = await make('cut');
    const whole = await readFile(join(root, diskOf(cut)));
    server.answer(diskOf(cut), (response) => {
      response.writeHead(200, { 'content-length': whole.length });
      response.write(whole.subarray(0, 100_000), () => response.destroy());
    });
    await expectRefused(await importFrom(byUrl(cut)), 'truncated', cut);
    // Without a length, the end of the connection looks like the end of the file.
    server.answer(diskOf(cut), (response) => response.end(whole.subarray(0, 100_000)));
    await expectRefused(await importFrom(byUrl(cut)), 'truncated', cut);

    const long = await make('long');
    server.answer(diskOf(long), (response) => response.end(Buffer.concat([whole, randomBytes(10)])));
    await expectRefused(await importFrom(byUrl(long)), 'digest_mismatch', long);
  }, 60_000);

  it('refuses what is larger than permitted before it is fetched, and a manifest without an end', async () => {
    const large = await make('large', { disk: randomBytes(MOST_BLOB_BYTES + 1) });
    await expectRefused(await importFrom(byUrl(large)), 'too_large', large);
    expect(server.asked).not.toContain(diskOf(large));
    const endless = await make('endless');
    server.answer('/endless/manifest.json', (response) => {
      const more = (): void => void response.write(Buffer.alloc(65_536, ' '), (error) => error ?? more());
      more();
    });
    await expectRefused(await importFrom(byUrl(endless)), 'too_large', endless);
  });

  it('names the field of a manifest that is wrong, and follows no path that one gives', async () => {
    const image = await make('fields');
    await writeManifest(image.folder, {
      ...image.manifest,
      disk: { ...image.manifest.disk, digest: '../../x' },
    });
    const wrong = await importFrom(byPath(image));
    expect(wrong).toMatchObject({
      status: 'failed',
      error: { code: 'invalid', details: { errors: [{ path: 'disk.digest' }] } },
    });
    await writeManifest(image.folder, { ...image.manifest, path: '/etc/shadow' });
    expect((await importFrom(byPath(image))).error?.message).toContain('path is not known here');
    await writeFile(join(image.folder, 'manifest.json'), '{"schemaVersion": 1,');
    expect(await importFrom(byPath(image))).toMatchObject({ status: 'failed', error: { code: 'invalid' } });
  });

  it('refuses a disk whose header names another file, which QEMU would open', async () => {
    const file = join(root, 'thin.qcow2');
    await writeFile(join(root, 'secret'), randomBytes(65_536));
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', join(root, 'secret'), '-F', 'raw', file]);
    const thin = await make('thin', { disk: await readFile(file), format: 'qcow2', virtualSize: 65_536 });
    await expectRefused(await importFrom(byPath(thin)), 'invalid', thin);
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', file, '65536']);
    const alone = await make('alone', { disk: await readFile(file), format: 'qcow2', virtualSize: 65_536 });
    expect(await importFrom(byPath(alone))).toMatchObject({ status: 'succeeded' });
    const lies = await make('lies', { disk: await readFile(file), format: 'qcow2', virtualSize: 131_072 });
    expect((await importFrom(byPath(lies))).error).toMatchObject({ code: 'invalid' });
    // Its disk is that of an image that is here, and stays.
    expect(await services.blobs.sizeOf(alone.manifest.disk.digest)).toBe(alone.manifest.disk.size);
  });

  it('leaves nothing of an import that was cancelled in the middle, and everything that others have', async () => {
    const kernel = randomBytes(40_000);
    const kept = await make('kept', { kernel });
    expect(await importFrom(byPath(kept))).toMatchObject({ status: 'succeeded' });
    const slow = await make('slow', { kernel });
    const begun = Promise.withResolvers<void>();
    server.answer(diskOf(slow), (response) => {
      response.writeHead(200, { 'content-length': slow.manifest.disk.size });
      response.write(randomBytes(1000), () => begun.resolve());
    });
    const importing = importFrom(byUrl(slow));
    await begun.promise;
    const [open] = (await services.store.operations.list({ status: 'running' })).items;
    await services.store.operations.requestCancel(open?.id ?? '');
    expect(await importing).toMatchObject({ status: 'cancelled' });
    expect(await services.store.images.find(requireDigest(slow.digest))).toBeUndefined();
    expect(await services.blobs.sizeOf(slow.manifest.disk.digest)).toBeUndefined();
    expect(await sizesIn(services, kept)).toEqual(blobsOf(kept.manifest).map(({ size }) => size));
  });

  it('reads folders only where it may, and no file that leads out of them', async () => {
    const image = await make('inside');
    const elsewhere = await mkdtemp(join(tmpdir(), 'diecast-elsewhere-'));
    const fenced = await openServices([imageImport], { paths: [join(root, 'inside')] });
    try {
      const refused = async (path: string, code: string): Promise<void> =>
        expect(await importFrom({ type: 'path', path }, fenced)).toMatchObject({ error: { code } });
      await symlink(elsewhere, join(root, 'inside', 'out'));
      await refused(elsewhere, 'source_refused');
      await refused(join(root, 'inside', 'out'), 'source_refused');
      await refused(join(root, 'inside', '..', 'nothing'), 'source_refused');
      await refused(join(root, 'inside', 'nothing'), 'source_unreachable');
      await refused('inside', 'invalid');

      const disk = join(root, diskOf(image));
      const bytes = await readFile(disk);
      await rm(disk);
      await writeFile(join(elsewhere, 'disk'), bytes);
      await symlink(join(elsewhere, 'disk'), disk);
      await refused(image.folder, 'source_refused');
      await rm(disk);
      await run('mkfifo', [disk]);
      await refused(image.folder, 'source_refused');
      await rm(disk);
      await refused(image.folder, 'source_unreachable');
      await writeFile(disk, bytes);
      expect(await importFrom(byPath(image), fenced)).toMatchObject({ status: 'succeeded' });
    } finally {
      await fenced.close();
      await rm(elsewhere, { recursive: true, force: true });
    }
  }, 60_000);

  it('never reaches a private address, however it is written or led to (SPEC-IMG-6)', async () => {
    const image = await make('private');
    await signImage(image, 'release', keys.privateKey);
    const { port } = new URL(server.url);
    const hosts = [
      '127.0.0.1',
      'localhost',
      '127.1',
      '2130706433',
      '0x7f000001',
      '[::ffff:127.0.0.1]',
      '[::1]',
      '0.0.0.0',
    ];
    for (const host of hosts) {
      const url = `http://${host}:${port}/private`;
      const refused = await importFrom({ type: 'url', url }, strict);
      expect([host, refused.error?.code]).toEqual([host, 'source_refused']);
    }
    const borrowed = await borrowPublicAddress();
    const outside = await serveFiles(root, borrowed.address);
    try {
      const url = `${outside.url}/private`;
      outside.answer(diskOf(image), (response) =>
        response.writeHead(302, { location: `${server.url}${diskOf(image)}` }).end(),
      );
      await expectRefused(await importFrom({ type: 'url', url }, strict), 'source_refused', image, strict);
      expect(outside.asked).toContain(diskOf(image));
      expect(server.asked).toEqual([]);

      // A name that means something else by the time one connects: the address that was looked at is the one that counts.
      const answers = [[borrowed.address], ['127.0.0.1']];
      const resolve = async (): Promise<readonly string[]> => answers.shift() ?? [];
      const { port: outsidePort } = new URL(outside.url);
      const named = openUrlFolder(`http://images.example:${outsidePort}/private`, {
        privateUrls: false,
        resolve,
      });
      const manifest = await named.open('manifest.json', never);
      manifest?.destroy();
      expect(outside.asked.at(-1)).toBe('/private/manifest.json');
      await expect(named.open('manifest.json', never)).rejects.toMatchObject({ code: 'source_refused' });

      outside.answer(diskOf(image), (response) =>
        response.writeHead(307, { location: `${diskOf(image)}?moved` }).end(),
      );
      outside.answer(`${diskOf(image)}?moved`, (response) => {
        void readFile(join(root, diskOf(image))).then((bytes) => response.end(bytes));
      });
      expect(await importFrom({ type: 'url', url }, strict)).toMatchObject({ status: 'succeeded' });
    } finally {
      await outside.close();
      await borrowed.close();
    }
  }, 60_000);

  it('refuses addresses that are no folder, and says what did not answer', async () => {
    const codeOf = async (url: string) => (await importFrom({ type: 'url', url })).error?.code;
    expect(await codeOf('ftp://example.org/image')).toBe('invalid');
    expect(await codeOf('http://me:secret@example.org/image')).toBe('invalid');
    expect(await codeOf(`${server.url}/image?version=1`)).toBe('invalid');
    expect(await codeOf(`${server.url}/nothing-here`)).toBe('source_unreachable');
    server.answer('/loop/manifest.json', (response) =>
      response.writeHead(301, { location: '/loop/manifest.json' }).end(),
    );
    expect(await codeOf(`${server.url}/loop`)).toBe('source_unreachable');
    await server.close();
    expect(await codeOf(`${server.url}/image`)).toBe('source_unreachable');
    server = await serveFiles(root);
    const secrets = JSON.stringify(await importFrom({ type: 'url', url: 'http://me:secret@example.org/' }));
    expect(secrets.replace('http://me:secret@example.org/', '')).not.toContain('secret');
  }, 60_000);

  it('takes no image without a valid signature by a configured key, when one is required (SPEC-IMG-3)', async () => {
    const image = await make('signed');
    const into = (): Promise<Operation> => importFrom(byPath(image), strict);
    await expectRefused(await into(), 'signature_required', image, strict);
    await signImage(image, 'release', generateKeyPairSync('ed25519').privateKey);
    await expectRefused(await into(), 'signature_invalid', image, strict);
    await signImage(image, 'stranger', keys.privateKey);
    await expectRefused(await into(), 'signature_invalid', image, strict);

    await signImage(image, 'release', keys.privateKey);
    await writeManifest(image.folder, { ...image.manifest, version: 'tampered' });
    await expectRefused(await into(), 'signature_invalid', image, strict);
    await writeManifest(image.folder, image.manifest);
    expect(await into()).toMatchObject({ status: 'succeeded', result: { signatureStatus: 'verified' } });
    expect(await strict.store.images.resolve('signed')).toMatchObject({ signature: { keyId: 'release' } });
  });

  it('deletes an image with the blobs that no other has, once every host that has some could be reached', async () => {
    const kernel = randomBytes(50_000);
    const [going, staying] = [await make('going', { kernel }), await make('staying', { kernel })];
    for (const image of [going, staying]) await importFrom(byPath(image));
    const { store } = services;
    const digest: Digest = requireDigest(going.digest);
    await store.hosts.insert({ name: 'away', uri: 'qemu+tcp://127.0.0.1:1/system', migrationUri: null });
    const blob = going.manifest.disk;
    const name = `sha256-${digestHex(blob.digest)}.blob`;
    const file = {
      host: 'away',
      name,
      kind: 'blob',
      sizeBytes: blob.size,
      backing: null,
      owner: blob.digest,
    } as const;
    await store.hostFiles.begin(file);

    const early = await services.run('image.delete', { digest });
    expect(early).toMatchObject({
      status: 'stuck',
      error: { details: { step: 'clear', cause: { code: 'host_unreachable' } } },
    });
    expect(early.error?.message).toContain(`file ${name} (writing) on host away`);
    expect(await store.images.find(digest)).toMatchObject({ status: 'deleting' });
    expect(await importFrom(byPath(going))).toMatchObject({ status: 'failed', error: { code: 'busy' } });
    await store.hosts.delete('away');
    await store.operations.retry(early.id);
    expect(await services.carry(early.id)).toMatchObject({ status: 'succeeded' });
    expect(await store.images.find(digest)).toBeUndefined();
    expect(await services.blobs.sizeOf(blob.digest)).toBeUndefined();
    expect(await sizesIn(services, staying)).toEqual(blobsOf(staying.manifest).map(({ size }) => size));
  }, 60_000);
});
