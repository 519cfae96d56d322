import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AppError, MIB, seedFileName, type Host, type Instance, type IterationSpec } from '@diecast/model';
import { seedFiles } from './seed-files.js';
import type { FlowServices } from './services.js';

/** The name by which cloud-init knows a seed. */
const VOLUME = 'cidata';
const MOST_BYTES = 16 * MIB;

/** An ISO 9660 image of a folder, with the names as they are (Rock Ridge and Joliet). */
function packFolder(folder: string): Promise<Buffer> {
  const args = ['-quiet', '-volid', VOLUME, '-rational-rock', '-joliet', '-no-pad', folder];
  return new Promise((resolve, reject) => {
    execFile('genisoimage', args, { encoding: 'buffer', maxBuffer: MOST_BYTES }, (error, iso, complaint) => {
      if (error === null) return resolve(iso);
      const missing = error.code === 'ENOENT';
      const message = missing
        ? 'This worker has no genisoimage, which writes seeds for cloud-init; install the package "genisoimage".'
        : `genisoimage could not write a seed for cloud-init: ${complaint.toString().trim() || error.message}.`;
      reject(new AppError(missing ? 'unsupported' : 'internal', message, { cause: error }));
    });
  });
}

async function packSeed(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'diecast-seed-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await packFolder(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Makes the machine's NoCloud seed present on a host, when the machine is declared with one. It goes with the machine's
 * other files. Two made of the same words differ only in the date that they carry, so that a machine that moves may find
 * another one at its target.
 * @throws AppError `unsupported` when this worker cannot write one, `no_space`, `host_unreachable`
 */
export async function ensureSeed(
  { store, hypervisors }: Pick<FlowServices, 'store' | 'hypervisors'>,
  host: Host,
  instance: Instance,
  spec: Pick<IterationSpec, 'userData' | 'network'>,
  signal: AbortSignal,
): Promise<void> {
  const contents = seedFiles(instance, spec);
  if (contents === null) return;
  const name = seedFileName(instance.id);
  const { files } = hypervisors.at(host);
  const known = await store.hostFiles.find(host.name, name);
  if (known?.state === 'present' && (await files.findFile(name, { signal })) !== undefined) return;
  const iso = await packSeed(contents);
  const sizeBytes = iso.length;
  const file = { host: host.name, name, kind: 'seed' as const, sizeBytes };
  await store.hostFiles.begin({ ...file, backing: null, owner: instance.id });
  // Half of one from before would keep its size.
  await files.deleteFile(name, { signal });
  await files.writeFile({ name, size: sizeBytes, from: 0, source: Readable.from([iso]) }, { signal });
  await store.hostFiles.recordPresent(host.name, name, sizeBytes);
}
