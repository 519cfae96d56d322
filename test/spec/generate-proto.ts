/**
 * Makes the code of proto/diecast/v1 (`npm run proto:generate`): messages and services by ts-proto, and the descriptors that
 * reflection tells. No network: buf and the plugin come from npm.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
export const GENERATED = join(ROOT, 'apps', 'api', 'src', 'grpc', 'gen');

/** @param folder is emptied first */
export function generateProto(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  buf('generate', 'proto', '--template', 'proto/buf.gen.yaml', '--output', folder);
  const descriptors = buf('build', 'proto', '--exclude-source-info', '--output', '-#format=binpb');
  writeFileSync(join(folder, 'descriptors.ts'), descriptorFile(descriptors.toString('base64')));
}

function buf(...args: readonly string[]): Buffer {
  const binaries = join(ROOT, 'node_modules', '.bin');
  return execFileSync(join(binaries, 'buf'), args, {
    cwd: ROOT,
    env: { ...process.env, PATH: `${binaries}${delimiter}${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const descriptorFile = (base64: string): string => `// Made by npm run proto:generate. DO NOT EDIT.

/** google.protobuf.FileDescriptorSet of proto/diecast/v1. */
export const DESCRIPTORS = Buffer.from(
  \`${(base64.match(/.{1,110}/g) ?? []).join('\n')}\`,
  'base64',
);
`;

if (import.meta.main) generateProto(GENERATED);
