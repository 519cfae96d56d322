import type { Digest } from './names.js';
import type { ImageStatus } from './states.js';

export type Blob = { readonly digest: Digest; readonly size: number };
export type DiskFormat = 'raw' | 'qcow2';

/** The immutable description of an image; its identity is the sha256 of its canonical JSON. */
export type ImageManifest = {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly version: string;
  readonly architecture: 'x86_64' | 'aarch64';
  readonly firmware: 'bios' | 'uefi';
  readonly disk: Blob & { readonly format: DiskFormat; readonly virtualSize: number };
  /** Direct kernel boot; absent means that the disk boots itself. */
  readonly boot?: { readonly kernel: Blob; readonly initrd: Blob; readonly commandLine: string };
  readonly verity?: { readonly rootHash: string; readonly hashOffset: number };
  /** Whether the QEMU guest agent runs in it. */
  readonly agent?: boolean;
  readonly provenance?: {
    readonly builder: string;
    readonly sources: readonly { readonly name: string; readonly version: string }[];
    readonly createdAt?: string;
  };
};

export type ImageSignature = {
  readonly keyId: string;
  readonly algorithm: 'ed25519';
  readonly signature: string;
};

/** What the proof boot saw. */
export type ImageEvidence = {
  readonly host: string;
  readonly accelerator: string;
  readonly bootedAt: string;
  readonly healthyAfterSeconds: number;
  readonly check: string;
  readonly operationId: string;
};

export type Image = {
  readonly digest: Digest;
  readonly name: string;
  readonly version: string;
  readonly status: ImageStatus;
  readonly statusReason: string | null;
  readonly manifest: ImageManifest;
  readonly signature: ImageSignature | null;
  readonly signatureStatus: 'verified' | 'unsigned' | 'unverified';
  readonly evidence: ImageEvidence | null;
  readonly sizeBytes: number;
  readonly createdAt: Date;
};

/** Every blob of a manifest, once each. */
export function blobsOf(manifest: ImageManifest): readonly Blob[] {
  const all: Blob[] = [manifest.disk, ...(manifest.boot ? [manifest.boot.kernel, manifest.boot.initrd] : [])];
  const seen = new Map(all.map((blob) => [blob.digest, { digest: blob.digest, size: blob.size }]));
  return [...seen.values()];
}
