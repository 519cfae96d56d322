import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { GENERATED, generateProto } from './generate-proto.js';

const read = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    globSync('**/*.ts', { cwd: folder })
      .toSorted()
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );

it('finds the generated code of proto/ as the proto files make it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'diecast-proto-'));
  try {
    generateProto(folder);
    const made = read(folder);
    expect(Object.keys(made)).toContain('diecast/v1/hosts.ts');
    expect(read(GENERATED)).toEqual(made);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
