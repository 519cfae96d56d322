import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { ERROR_CODES, type AppError } from '@diecast/model';
import { Problem } from './gen/diecast/v1/problem.js';
import { toBytes } from './wire.js';

const PROBLEM_TYPE = 'type.googleapis.com/diecast.v1.Problem';

/** Clients refuse trailing metadata above 8 KiB; base64 and the rest of it need room too. */
const MOST_BYTES = 4096;

/**
 * How an error leaves: its code of gRPC, its sentence, and the whole of it as a `diecast.v1.Problem` where gRPC libraries look
 * for details (https://grpc.io/docs/guides/error/#richer-error-model). The stable code is there as text too.
 */
export function statusOf(error: AppError, requestId: string): StatusObject {
  const { grpc, advice } = ERROR_CODES[error.code];
  const { code, message, retry, errors, details } = error;
  const number = status[grpc];
  const facts = { code, message, advice, retry, errors, requestId };
  const whole = toBytes(Problem, { ...facts, details });
  const problem = whole.length > MOST_BYTES ? toBytes(Problem, facts) : whole;
  const metadata = new Metadata();
  metadata.set('diecast-code', code);
  metadata.set('x-request-id', requestId);
  metadata.set('grpc-status-details-bin', richStatus(number, message, problem));
  return { code: number, details: message, metadata };
}

/** google.rpc.Status: code = 1, message = 2, details = 3, which is google.protobuf.Any: type_url = 1, value = 2. */
function richStatus(code: number, message: string, problem: Uint8Array): Buffer {
  const any = new BinaryWriter().uint32(10).string(PROBLEM_TYPE).uint32(18).bytes(problem).finish();
  return Buffer.from(
    new BinaryWriter().uint32(8).int32(code).uint32(18).string(message).uint32(26).bytes(any).finish(),
  );
}
