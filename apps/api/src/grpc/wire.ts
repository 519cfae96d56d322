import type { ServiceDefinition } from '@grpc/grpc-js';
import { AppError } from '@diecast/model';

/** A message as ts-proto makes it: bytes on one side, the JSON of protobuf on the other. */
export type Codec = {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
  fromJSON(json: unknown): unknown;
  toJSON(message: unknown): unknown;
};

export type Method = {
  readonly name: string;
  readonly requestType: Codec;
  readonly responseType: Codec;
  readonly responseStream: boolean;
};

/** A service as ts-proto makes it (outputServices=generic-definitions). */
export type Definition = {
  readonly fullName: string;
  readonly methods: Readonly<Record<string, Method>>;
};

export type JsonObject = Readonly<Record<string, unknown>>;

/** The view of REST becomes a message: both have the same JSON. */
export const toBytes = (codec: Codec, view: object): Buffer =>
  Buffer.from(codec.encode(codec.fromJSON(view)).finish());

/** The message becomes what REST would have been sent; what is absent stays absent. @throws AppError `malformed` */
export function toJson(codec: Codec, bytes: Uint8Array): JsonObject {
  try {
    return codec.toJSON(codec.decode(bytes)) as JsonObject;
  } catch (error) {
    throw new AppError('malformed', 'The request is not a message of the kind that this rpc takes.', {
      cause: error,
    });
  }
}

export const pathOf = (definition: Definition, method: Method): string =>
  `/${definition.fullName}/${method.name}`;

/** For a server: a request stays bytes until it is known who sends it. */
export function serviceOf(definition: Definition): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(definition.methods).map(([name, method]) => [
      name,
      {
        path: pathOf(definition, method),
        requestStream: false,
        responseStream: method.responseStream,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: (view: object) => toBytes(method.responseType, view),
        responseDeserialize: (bytes: Buffer) => toJson(method.responseType, bytes),
      },
    ]),
  );
}
