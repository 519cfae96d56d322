import { BinaryReader } from '@bufbuild/protobuf/wire';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { protoPath as healthProto } from 'grpc-health-check';
import { DESCRIPTORS } from './gen/descriptors.js';

/** Tells any client what is served, so that it needs no proto file (grpc.reflection.v1 and v1alpha). */
export const reflection = (): ReflectionService =>
  new ReflectionService({ ...ownPackage(), ...loadSync(healthProto) });

/** Through proto-loader the files would lose their names and the JSON names of their fields. */
const ownPackage = (): PackageDefinition => ({
  'diecast.v1': {
    format: 'Protocol Buffer 3 DescriptorProto',
    type: {},
    fileDescriptorProtos: [...filesIn(DESCRIPTORS)],
  } as PackageDefinition[string],
});

/** Of a google.protobuf.FileDescriptorSet: file = 1. */
function* filesIn(set: Uint8Array): Generator<Buffer, void> {
  const reader = new BinaryReader(set);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1) yield Buffer.from(reader.bytes());
    else reader.skip(type, field);
  }
}
