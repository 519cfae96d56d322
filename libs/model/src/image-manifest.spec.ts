import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FieldError } from './errors.js';
import type { ImageManifest } from './image.js';
import { readImageManifest, readImageSignature } from './image-manifest.js';
import { canonicalJson } from './json.js';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const digest = hex(64).map((digits) => `sha256:${digits}` as const);
const blob = fc.record({ digest, size: fc.integer({ min: 1, max: 2 ** 40 }) });
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const plain = fc.string({ minLength: 1, maxLength: 50, unit: 'grapheme-ascii' });

const manifest: fc.Arbitrary<ImageManifest> = fc.record(
  {
    schemaVersion: fc.constant(1 as const),
    name: label,
    version: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,20}$/),
    architecture: fc.constantFrom('x86_64' as const, 'aarch64' as const),
    firmware: fc.constantFrom('bios' as const, 'uefi' as const),
    disk: fc
      .tuple(blob, fc.constantFrom('raw' as const, 'qcow2' as const))
      .map(([{ digest, size }, format]) => ({
        digest,
        size,
        format,
        virtualSize: Math.ceil(size / 512) * 512,
      })),
    boot: fc.record({
      kernel: blob,
      initrd: blob,
      commandLine: fc.string({ maxLength: 100, unit: 'grapheme-ascii' }),
    }),
    verity: fc.record({ rootHash: hex(64), hashOffset: fc.nat() }),
    agent: fc.boolean(),
    provenance: fc.record({
      builder: plain,
      sources: fc.array(fc.record({ name: plain, version: plain }), { maxLength: 3 }),
    }),
  },
  { requiredKeys: ['schemaVersion', 'name', 'version', 'architecture', 'firmware', 'disk'] },
);

/** The fields that are wrong, as the one that is told has them. */
function pathsRefused(
  value: unknown,
  read: (value: unknown) => unknown = readImageManifest,
): readonly string[] {
  try {
    read(value);
    return [];
  } catch (error) {
    const { code, errors } = error as { readonly code: string; readonly errors: readonly FieldError[] };
    expect(code).toBe('invalid');
    return errors.map(({ path }) => path);
  }
}

/** The same with one member replaced; undefined takes it away. */
function change(value: unknown, path: string, wanted: unknown): unknown {
  const [key = '', ...rest] = path.split('.');
  const members = { ...(value as Record<string, unknown>) };
  members[key] = rest.length === 0 ? wanted : change(members[key], rest.join('.'), wanted);
  return JSON.parse(JSON.stringify(members));
}

const sample: ImageManifest = {
  schemaVersion: 1,
  name: 'web',
  version: '1.2-rc1',
  architecture: 'x86_64',
  firmware: 'bios',
  disk: { digest: `sha256:${'1'.repeat(64)}`, size: 1000, format: 'raw', virtualSize: 1024 },
  boot: {
    kernel: { digest: `sha256:${'2'.repeat(64)}`, size: 10 },
    initrd: { digest: `sha256:${'3'.repeat(64)}`, size: 10 },
    commandLine: 'console=ttyS0',
  },
};

describe('the manifest of an image', () => {
  it('is read as it was written, so that its digest stays', () => {
    fc.assert(
      fc.property(manifest, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(readImageManifest(JSON.parse(text)))).toBe(text);
      }),
    );
  });

  it('is refused with the name of the one member that is missing, unknown, or of another type', () => {
    const required = ['schemaVersion', 'name', 'version', 'architecture', 'firmware', 'disk'];
    const within = ['disk.digest', 'disk.size', 'disk.format', 'boot.kernel.digest', 'boot.commandLine'];
    fc.assert(
      fc.property(
        fc.constantFrom(...required, ...within),
        fc.constantFrom(undefined, null, true, -1, 0.5, '', '../up', [], {}),
        (path, wanted) => {
          // An empty command line is one.
          fc.pre(!(path === 'boot.commandLine' && (wanted === '' || wanted === '../up')));
          const [refused = 'nothing'] = pathsRefused(change(sample, path, wanted));
          expect(refused === path || refused.startsWith(`${path}.`)).toBe(true);
        },
      ),
    );
    expect(pathsRefused(change(sample, 'disk.path', '/etc/shadow'))).toEqual(['disk.path']);
    expect(pathsRefused({ ...sample, blobs: [] })).toEqual(['blobs']);
    expect(pathsRefused(JSON.parse(`{"__proto__":1,${canonicalJson(sample).slice(1)}`))).toEqual([
      '__proto__',
    ]);
    expect(pathsRefused([sample])).toEqual(['.']);
  });

  it('takes no name that would mean something to a path, to XML or to a command line', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        fc.pre(!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name));
        expect(pathsRefused({ ...sample, name })).toEqual(['name']);
      }),
    );
    expect(pathsRefused(change(sample, 'boot.commandLine', 'quiet\nroot=/dev/vdb'))).toEqual([
      'boot.commandLine',
    ]);
    expect(pathsRefused({ ...sample, version: '1:2' })).toEqual(['version']);
  });

  it('is refused when its parts contradict each other, and every wrong field is named at once', () => {
    expect(pathsRefused(change(sample, 'disk.virtualSize', 512))).toEqual(['disk.virtualSize']);
    expect(pathsRefused(change(sample, 'disk.virtualSize', 1025))).toEqual(['disk.virtualSize']);
    expect(pathsRefused(change(sample, 'boot.initrd', { ...sample.boot?.kernel, size: 11 }))).toEqual([
      'boot.kernel.size',
    ]);
    expect(pathsRefused({ ...sample, name: 'No', firmware: 'efi' })).toEqual(['name', 'firmware']);
  });
});

describe('the signature of an image', () => {
  const signature = { keyId: 'release', algorithm: 'ed25519', signature: `${'A'.repeat(86)}==` };

  it('is refused with the name of its wrong field', () => {
    expect(pathsRefused(signature, readImageSignature)).toEqual([]);
    expect(pathsRefused({ ...signature, algorithm: 'rsa' }, readImageSignature)).toEqual(['algorithm']);
    expect(pathsRefused({ ...signature, signature: 'AAAA' }, readImageSignature)).toEqual(['signature']);
    expect(pathsRefused({ ...signature, keyId: '../key' }, readImageSignature)).toEqual(['keyId']);
    expect(pathsRefused('signed', readImageSignature)).toEqual(['.']);
  });
});
