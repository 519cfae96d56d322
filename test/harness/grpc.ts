import { join } from 'node:path';
import {
  Client,
  credentials,
  Metadata,
  type ClientReadableStream,
  type MethodDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import {
  fromJSON,
  loadFileDescriptorSetFromBuffer,
  loadSync,
  type AnyDefinition,
  type Options,
  type PackageDefinition,
} from '@grpc/proto-loader';
import { BinaryWriter } from '@bufbuild/protobuf/wire';

export type Message = Readonly<Record<string, unknown>>;
export type RpcOptions = {
  readonly token?: string | undefined;
  readonly deadlineMs?: number;
  /** More metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
};

/** What a client sees of a call that failed. */
export class RpcFailure extends Error {
  override readonly name = 'RpcFailure';

  constructor(
    readonly status: number,
    message: string,
    /** Of the trailing metadata. */
    readonly code: string | undefined,
    /** The diecast.v1.Problem in the details of google.rpc.Status, if there is one. */
    readonly problem: Message | undefined,
  ) {
    super(message);
  }
}

/** Knows nothing but an address: like grpcurl, it learns services and messages from the server's reflection. */
export type GrpcClient = {
  /** Full names. */
  readonly services: readonly string[];
  /** `diecast.v1.Hosts/Get`, every one. */
  readonly rpcs: readonly string[];
  /** @throws RpcFailure */
  call(rpc: string, request?: Message, options?: RpcOptions): Promise<Message>;
  stream(rpc: string, request?: Message, options?: RpcOptions): ClientReadableStream<Message>;
  failureOf(error: unknown): RpcFailure;
  close(): void;
};

type Method = MethodDefinition<object, Message>;
type Service = Readonly<Record<string, Method>>;

const OPTIONS: Options = { longs: Number, enums: String, arrays: true };
const PROBLEM = 'diecast.v1.Problem';
const REFLECTION = join(
  import.meta.dirname,
  '../../node_modules/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
);

export async function connectGrpc(port: number): Promise<GrpcClient> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const { services, descriptors } = await reflect(client);
  const known = methodsOf(descriptors);
  const methodOf = (rpc: string): Method => {
    const method = known.get(rpc);
    if (method === undefined) throw new Error(`The server has no rpc ${rpc}.`);
    return method;
  };
  const failureOf = (error: unknown): RpcFailure => toFailure(error, descriptors);
  return {
    services,
    rpcs: [...known.keys()],
    failureOf,
    call: (rpc, request = {}, { token, deadlineMs, metadata } = {}) =>
      new Promise((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = methodOf(rpc);
        const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
        client.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          request,
          metadataOf(token, metadata),
          options,
          (error, answer) => (error === null ? resolve(answer ?? {}) : reject(failureOf(error))),
        );
      }),
    stream: (rpc, request = {}, { token } = {}) => {
      const { path, requestSerialize, responseDeserialize } = methodOf(rpc);
      return client.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadataOf(token),
      );
    },
    close: () => client.close(),
  };
}

function metadataOf(token: string | undefined, more: Readonly<Record<string, string>> = {}): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(more)) metadata.set(name, value);
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

const isService = (definition: AnyDefinition): definition is AnyDefinition & Service =>
  !('format' in definition);

const methodsOf = (descriptors: PackageDefinition): ReadonlyMap<string, Method> =>
  new Map(
    Object.entries(descriptors).flatMap(([name, definition]) =>
      isService(definition)
        ? Object.entries(definition)
            // Each method is there in camel case, too.
            .filter(([, method]) => method.path.startsWith(`/${name}/`))
            .map(([, method]) => [method.path.slice(1), method] as const)
        : [],
    ),
  );

/** Lists the services, and asks for the files that describe them. */
async function reflect(client: Client) {
  const info = methodsOf(loadSync(REFLECTION, OPTIONS)).get(
    'grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  );
  if (info === undefined) throw new Error('reflection.proto does not describe reflection.');
  const call = client.makeBidiStreamRequest(info.path, info.requestSerialize, info.responseDeserialize);
  const answers = call[Symbol.asyncIterator]() as AsyncIterator<Message>;
  const ask = async (question: Message): Promise<Message> => {
    call.write(question);
    return ((await answers.next()).value ?? {}) as Message;
  };
  const list = (await ask({ listServices: '*' }))['listServicesResponse'] as {
    readonly service: readonly { readonly name: string }[];
  };
  const services = list.service.map(({ name }) => name);
  const files = new Map<string, Uint8Array>();
  // No service mentions the type of the details of errors.
  for (const name of [...services, PROBLEM]) {
    const answer = (await ask({ fileContainingSymbol: name }))['fileDescriptorResponse'] as
      { readonly fileDescriptorProto: readonly Buffer[] } | undefined;
    for (const file of answer?.fileDescriptorProto ?? []) files.set(file.toString('base64'), file);
  }
  call.end();
  const set = new BinaryWriter();
  for (const file of files.values()) set.uint32(10).bytes(file);
  return { services, descriptors: loadFileDescriptorSetFromBuffer(Buffer.from(set.finish()), OPTIONS) };
}

type Value = {
  readonly string_value?: string;
  readonly number_value?: number;
  readonly bool_value?: boolean;
  readonly struct_value?: Struct;
  readonly list_value?: { readonly values: readonly Value[] };
};
/** A map that was described by reflection is a list of its entries. */
type Struct = { readonly fields: readonly { readonly key: string; readonly value: Value }[] };

/** A google.protobuf.Struct as the object that it stands for. */
export const objectOf = (struct: unknown): Message =>
  Object.fromEntries((struct as Struct).fields.map(({ key, value }) => [key, valueOf(value)]));

function valueOf(value: Value): unknown {
  if (value.struct_value !== undefined) return objectOf(value.struct_value);
  if (value.list_value !== undefined) return value.list_value.values.map(valueOf);
  return value.string_value ?? value.number_value ?? value.bool_value ?? null;
}

/** google.rpc.Status, as every gRPC library has it. */
const RICH = fromJSON(
  {
    nested: {
      Any: { fields: { typeUrl: { type: 'string', id: 1 }, value: { type: 'bytes', id: 2 } } },
      Status: {
        fields: {
          code: { type: 'int32', id: 1 },
          message: { type: 'string', id: 2 },
          details: { rule: 'repeated', type: 'Any', id: 3 },
        },
      },
    },
  },
  OPTIONS,
);

function toFailure(error: unknown, descriptors: PackageDefinition): RpcFailure {
  const { code, details, metadata } = error as ServiceError;
  const [text] = metadata.get('diecast-code');
  const [rich] = metadata.get('grpc-status-details-bin');
  return new RpcFailure(
    code,
    details,
    text?.toString(),
    Buffer.isBuffer(rich) ? problemIn(rich, descriptors) : undefined,
  );
}

function problemIn(rich: Buffer, descriptors: PackageDefinition): Message | undefined {
  const status = decode(RICH, 'Status', rich);
  const [detail] = status['details'] as readonly { readonly typeUrl: string; readonly value: Buffer }[];
  return detail && decode(descriptors, detail.typeUrl.replace('type.googleapis.com/', ''), detail.value);
}

function decode(types: PackageDefinition, name: string, bytes: Buffer): Message {
  const type = types[name] as { readonly deserialize?: (bytes: Buffer) => object } | undefined;
  if (type?.deserialize === undefined) throw new Error(`Nobody described ${name}.`);
  return type.deserialize(bytes) as Message;
}
