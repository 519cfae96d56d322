import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  blobFileName,
  blobsOf,
  digestHex,
  GIB,
  PROOF_SERVICE,
  type Blob,
  type Digest,
  type Instance,
  type Operation,
} from '@diecast/model';
import { hostRegister, imageDelete, imageImport, imageProve } from '@diecast/flows';
import { ensureBlob } from '../../libs/flows/src/ensure-blob.js';
import { sha256, writeManifest } from '../harness/image-folder.js';
import { startLab, tinyImage, type TestImage } from '../harness/lab.js';
import { requireDigest, sampleSettings, sampleSpec } from '../harness/samples.js';
import { openServices, type TestServices } from '../harness/services.js';
import { withSmallPool } from '../harness/small-pool.js';
import { registerHosts, requireSucceeded } from '../harness/tiny-service.js';

const run = promisify(execFile);
/** More than what the hypervisor writes at once, so that a transfer can break between two parts. */
const SEGMENT_BYTES = 32 * 1_048_576;

/** For a host that has everything already. */
const refuse = (): Promise<never> => Promise.reject(new Error('nothing is to be sent again'));
const closedLibrary: TestServices['blobs'] = {
  sizeOf: refuse,
  receive: refuse,
  open: refuse,
  remove: refuse,
};

describe('images on a real host', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let services: TestServices;
  let store: TestServices['store'];
  let work: string;
  let good: TestImage;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'diecast-images-'));
    lab = await startLab('images', 1);
    services = await openServices([hostRegister, imageImport, imageProve, imageDelete]);
    ({ store } = services);
    await registerHosts(services, lab);
    good = await tinyImage('v1');
  }, 300_000);

  afterAll(async () => {
    await services?.close();
    await lab?.close();
    if (work) await rm(work, { recursive: true, force: true });
  }, 60_000);

  const importFolder = async (folder: string): Promise<Digest> => {
    const source = { type: 'path', path: folder } as const;
    const { result } = requireSucceeded(await services.run('image.import', { source }));
    return requireDigest((result as { readonly digest: string }).digest);
  };

  const specFor = (image: Digest, startPeriodSeconds: number) => {
    const { bridge, guestRange, prefix, gateway } = lab.network;
    const range = { rangeStart: guestRange.start, rangeEnd: guestRange.end };
    const spec = sampleSpec(image);
    const check = { kind: 'http', port: 80, path: '/healthz', status: 200, startPeriodSeconds } as const;
    return {
      ...spec,
      network: { kind: 'bridge', name: bridge, addressing: { mode: 'static', ...range, prefix, gateway } },
      health: { ...spec.health, ...check },
    } as const;
  };

  const prove = (
    digest: Digest,
    host: string | null = null,
    startPeriodSeconds = 120,
  ): Promise<Operation> => {
    const { machine, network, health } = specFor(digest, startPeriodSeconds);
    return services.run('image.prove', { digest, host, machine, network, health });
  };

  const onHost = async () => services.hypervisors.at(await store.hosts.require('a'));
  const filesOnHost = async (): Promise<readonly string[]> =>
    (await (await onHost()).files.listFiles()).map((file) => file.name).toSorted();
  const blobNames = (...images: readonly TestImage[]): readonly string[] => {
    const blobs = images.flatMap(({ manifest }) => blobsOf(manifest));
    return [...new Set(blobs.map(({ digest }) => blobFileName(digest)))].toSorted();
  };

  /** Of machines nothing at all, of files these blobs, as the host and the store see it. */
  async function expectLeft(...names: readonly string[]): Promise<void> {
    expect(await (await onHost()).machines.listMachines()).toEqual([]);
    expect(await filesOnHost()).toEqual(names);
    expect((await store.hostFiles.onHost('a')).map((file) => file.name).toSorted()).toEqual(names);
    expect(await store.instances.load()).toEqual([]);
    expect(await store.instances.live()).toEqual([]);
  }

  /** A copy of the good image whose disk is another, with a manifest that says so honestly. */
  async function withDisk(name: string, disk: Buffer, format: 'raw' | 'qcow2'): Promise<TestImage> {
    const folder = join(work, name);
    await mkdir(folder);
    await cp(join(good.folder, 'blobs'), join(folder, 'blobs'), { recursive: true });
    const blob: Blob = { digest: `sha256:${sha256(disk)}`, size: disk.length };
    const old = join(folder, 'blobs', digestHex(good.manifest.disk.digest));
    await writeFile(old, disk);
    await rename(old, join(folder, 'blobs', digestHex(blob.digest)));
    const manifest = { ...good.manifest, name, disk: { ...good.manifest.disk, ...blob, format } };
    return { folder, manifest, digest: await writeManifest(folder, manifest) };
  }

  const diskOf = ({ folder, manifest }: TestImage): string =>
    join(folder, 'blobs', digestHex(manifest.disk.digest));

  async function seeProofMachine(): Promise<Instance> {
    for (;;) {
      const seen = await store.events.latestId();
      const [machine] = await store.instances.live({ service: PROOF_SERVICE });
      if (machine?.status === 'validating') return machine;
      await store.events.wait(1000, undefined, seen);
    }
  }

  it('refuses a host without room in the middle of distribution, and leaves nothing half-made', async () => {
    const digest = await importFolder(good.folder);
    expect(digest).toBe(good.digest);
    // Room for the disk, not for the kernel after it.
    await withSmallPool(lab, '12m', async () => {
      expect(await prove(digest)).toMatchObject({ status: 'failed', error: { code: 'no_space' } });
      await expectLeft();
      const [, kernel] = blobsOf(good.manifest);
      if (kernel === undefined) throw new Error('the image has no kernel');
      const { signal } = new AbortController();
      const sending = ensureBlob(services, await store.hosts.require('a'), kernel, { signal });
      await expect(sending).rejects.toMatchObject({ code: 'no_space' });
      await expectLeft();
    });
    expect(await store.images.find(digest)).toMatchObject({ status: 'candidate' });
  }, 240_000);

  it('notices when only the last bytes of a file found no room', async () => {
    const { files } = await onHost();
    // One stream, of a little more than there is room for.
    const bytes = randomBytes(12 * 1_048_576 + 20_000);
    await withSmallPool(lab, '12m', async () => {
      const file = { name: 'brimful', size: bytes.length, from: 0, source: Readable.from([bytes]) };
      await expect(files.writeFile(file)).rejects.toMatchObject({ code: 'no_space' });
      await files.deleteFile(file.name);
    });
    await expectLeft();
  }, 60_000);

  it('takes a proof back that is cancelled while the machine boots', async () => {
    const proving = prove(requireDigest(good.digest));
    const { id } = await seeProofMachine();
    // The machine has the id of its operation.
    await store.operations.requestCancel(id);
    expect(await proving).toMatchObject({ id, status: 'cancelled' });
    expect(await store.instances.require(id)).toMatchObject({ status: 'failed' });
    expect(await store.images.resolve(good.digest)).toMatchObject({ status: 'candidate', evidence: null });
    await expectLeft();
  }, 240_000);

  it('proves an image by booting it once, and takes the machine away', async () => {
    const digest = requireDigest(good.digest);
    const proving = prove(digest);
    const machine = await seeProofMachine();
    expect(machine).toMatchObject({ service: PROOF_SERVICE, iteration: 0, host: 'a' });
    const done = await proving;
    const healthyAfterSeconds = expect.any(Number);
    expect(done).toMatchObject({
      status: 'succeeded',
      result: { digest, host: 'a', accelerator: 'tcg', healthyAfterSeconds },
    });
    const evidence = { host: 'a', accelerator: 'tcg', healthyAfterSeconds, operationId: done.id };
    const proven = await store.images.resolve(digest);
    expect(proven).toMatchObject({ status: 'proven', evidence });
    await expectLeft(...blobNames(good));
    expect(await store.instances.require(machine.id)).toMatchObject({ status: 'discontinued' });

    expect(await prove(digest, 'a')).toMatchObject({ status: 'succeeded' });
    expect((await store.images.resolve(digest)).evidence).toEqual(proven.evidence);
    await expectLeft(...blobNames(good));
  }, 300_000);

  it('proves a qcow2 image too, and sends it once', async () => {
    const file = join(work, 'disk.qcow2');
    await run('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', diskOf(good), file]);
    const image = await withDisk('tiny-qcow2', await readFile(file), 'qcow2');
    const digest = await importFolder(image.folder);
    requireSucceeded(await prove(digest));
    await expectLeft(...blobNames(good, image));
    await ensureBlob(
      { ...services, blobs: closedLibrary },
      await store.hosts.require('a'),
      image.manifest.disk,
      {
        signal: new AbortController().signal,
      },
    );
    requireSucceeded(await services.run('image.delete', { digest }));
    await expectLeft(...blobNames(good));
  }, 300_000);

  it('does not prove an image that never becomes healthy, and leaves nothing of it', async () => {
    const broken = await tinyImage('broken');
    const digest = await importFolder(broken.folder);
    const failed = await prove(digest, null, 30);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'unhealthy' } });
    expect(await store.images.find(digest)).toMatchObject({ status: 'candidate', evidence: null });
    // They have one kernel.
    await expectLeft(...blobNames(good));
    await store.images.setStatus(digest, 'revoked', 'It is broken.');
    expect(await prove(digest)).toMatchObject({ status: 'failed', error: { code: 'image_revoked' } });
    requireSucceeded(await services.run('image.delete', { digest }));
  }, 300_000);

  it('does not boot a root file system in which one bit was changed (SPEC-IMG-5)', async () => {
    const disk = await readFile(diskOf(good));
    // In the time of the file system's making, which squashfs itself does not look at: only the verification can notice.
    disk[8] = (disk[8] ?? 0) ^ 1;
    const changed = await withDisk('tiny-changed', disk, 'raw');
    await run('unsquashfs', ['-l', diskOf(changed)]);
    const digest = await importFolder(changed.folder);
    const failed = await prove(digest);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'unhealthy' } });
    expect(failed.error?.message).toContain('ended on host a before it was healthy');
    await expectLeft(...blobNames(good));
    requireSucceeded(await services.run('image.delete', { digest }));
  }, 300_000);

  it('deletes no image that a service may boot, and nothing is left of one that none needs', async () => {
    const digest = requireDigest(good.digest);
    await store.services.declare('web', specFor(digest, 60), sampleSettings(1), 'test');
    const refused = await services.run('image.delete', { digest });
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'in_use' } });
    expect(refused.error?.message).toContain('iteration 1 of service web');
    expect(await store.images.find(digest)).toMatchObject({ status: 'proven' });
    await store.services.markDeleting('web');
    await store.services.markDeleted('web');
    requireSucceeded(await services.run('image.delete', { digest }));
    await expectLeft();
    expect(await store.images.list()).toEqual({ items: [], nextCursor: null });
    for (const blob of blobsOf(good.manifest))
      expect(await services.blobs.sizeOf(blob.digest)).toBeUndefined();
  }, 120_000);

  it('sends a blob once however many ask, goes on where it broke, and believes only what it read back (SPEC-IMG-4)', async () => {
    const host = await store.hosts.require('a');
    const bytes = randomBytes(SEGMENT_BYTES + 5_000_000);
    const blob: Blob = { digest: `sha256:${sha256(bytes)}`, size: bytes.length };
    await services.blobs.receive(blob.digest, Readable.from([bytes]), GIB);
    const name = blobFileName(blob.digest);
    const sentFrom: number[] = [];
    const counting: TestServices['blobs'] = {
      ...services.blobs,
      open: (wanted, offset) => {
        sentFrom.push(offset);
        return services.blobs.open(wanted, offset);
      },
    };
    const ensure = (onProgress?: (done: number) => void): Promise<void> =>
      ensureBlob({ ...services, blobs: counting }, host, blob, {
        signal: new AbortController().signal,
        ...(onProgress === undefined ? {} : { onProgress }),
      });
    /** The connection to the host breaks after the first part; the others wait for their turn meanwhile. */
    const severalWithABreak = (): Promise<readonly PromiseSettledResult<void>[]> => {
      let broken = false;
      const breakOnce = (): void => {
        if (!broken) void services.hypervisors.forget('a');
        broken = true;
      };
      return Promise.allSettled([ensure(breakOnce), ensure(), ensure(), ensure()]);
    };

    const ends = await severalWithABreak();
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(ends[0]).toMatchObject({ reason: { code: 'host_unreachable' } });
    expect(sentFrom.splice(0)).toEqual([0, SEGMENT_BYTES]);
    expect(await (await onHost()).files.hashFile(name, blob.size)).toBe(digestHex(blob.digest));

    await (await onHost()).files.deleteFile(name);
    await store.hostFiles.remove('a', name);
    const first = ensure(() => void services.hypervisors.forget('a'));
    await expect(first).rejects.toMatchObject({ code: 'host_unreachable' });
    const [{ poolDir }] = lab.hosts as [(typeof lab.hosts)[number]];
    const file = await open(join(poolDir, name), 'r+');
    await file.write(Buffer.from([(bytes[77] ?? 0) ^ 1]), 0, 1, 77);
    await file.close();
    await expect(ensure()).rejects.toMatchObject({ code: 'digest_mismatch' });
    await expectLeft();
    await ensure();
    expect(sentFrom).toEqual([0, SEGMENT_BYTES, 0]);
  }, 240_000);
});
