/**
 * The one family of errors. A code is stable and public: clients branch on it, documentation explains it,
 * and the edge maps it to HTTP and gRPC. `retry` says what an automaton should do with the same request.
 */
export type Retry = 'never' | 'later' | 'now';

type ErrorRow = {
  readonly http: number;
  readonly grpc: string;
  readonly retry: Retry;
  readonly advice: string;
};

export const ERROR_CODES = {
  invalid: {
    http: 400,
    grpc: 'INVALID_ARGUMENT',
    retry: 'never',
    advice: 'Correct the fields named in "errors".',
  },
  malformed: { http: 400, grpc: 'INVALID_ARGUMENT', retry: 'never', advice: 'Send well-formed JSON.' },
  unauthenticated: {
    http: 401,
    grpc: 'UNAUTHENTICATED',
    retry: 'never',
    advice: 'Send "Authorization: Bearer TOKEN" with a token that exists and has not been revoked.',
  },
  forbidden: {
    http: 403,
    grpc: 'PERMISSION_DENIED',
    retry: 'never',
    advice: 'Use a token with the role named in the message.',
  },
  not_found: {
    http: 404,
    grpc: 'NOT_FOUND',
    retry: 'never',
    advice: 'Check the name or id; list the collection to see what exists.',
  },
  gone: {
    http: 410,
    grpc: 'OUT_OF_RANGE',
    retry: 'never',
    advice: 'Look at the resources as they are now, then follow from the newest event.',
  },
  already_exists: {
    http: 409,
    grpc: 'ALREADY_EXISTS',
    retry: 'never',
    advice: 'Choose another name, or use what exists.',
  },
  conflict: {
    http: 409,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'The state of the resource forbids this; the message names the state.',
  },
  plan_outdated: {
    http: 409,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'Plan again, look at what has changed, then declare with the new hash.',
  },
  busy: {
    http: 409,
    grpc: 'ABORTED',
    retry: 'later',
    advice: 'Wait for the operation named in the message, then try again.',
  },
  in_use: {
    http: 409,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'Remove the users named in the message first.',
  },
  immutable: {
    http: 409,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'Declare a change instead: it cuts a new iteration.',
  },
  idempotency_mismatch: {
    http: 422,
    grpc: 'INVALID_ARGUMENT',
    retry: 'never',
    advice: 'Use a fresh Idempotency-Key for a different request.',
  },
  image_unproven: {
    http: 409,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'Prove the image first: POST /v1/images/{digest}/prove.',
  },
  image_revoked: {
    http: 409,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'Use another image; a revoked image never boots again.',
  },
  signature_required: {
    http: 422,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'Sign the manifest digest with a configured key, or change the signature policy.',
  },
  signature_invalid: {
    http: 422,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'Check which key signed the manifest and that the manifest is the one that was signed.',
  },
  digest_mismatch: {
    http: 422,
    grpc: 'DATA_LOSS',
    retry: 'never',
    advice: 'The bytes are not what the manifest promises; fetch or build the image again.',
  },
  truncated: {
    http: 422,
    grpc: 'DATA_LOSS',
    retry: 'later',
    advice: 'The source ended early; check it and import again.',
  },
  too_large: {
    http: 413,
    grpc: 'RESOURCE_EXHAUSTED',
    retry: 'never',
    advice: 'Raise the limit named in the message or send less.',
  },
  source_refused: {
    http: 422,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'The source address or path is not permitted by the configuration.',
  },
  source_unreachable: {
    http: 422,
    grpc: 'UNAVAILABLE',
    retry: 'later',
    advice: 'Check that the source can be read from the Diecast worker.',
  },
  no_capacity: {
    http: 409,
    grpc: 'RESOURCE_EXHAUSTED',
    retry: 'later',
    advice: 'Free or add capacity; the message says what is missing on each host.',
  },
  no_address: {
    http: 409,
    grpc: 'RESOURCE_EXHAUSTED',
    retry: 'later',
    advice: 'Widen the address range of the service or remove instances.',
  },
  incompatible: {
    http: 409,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'Choose a host with a compatible CPU and hypervisor.',
  },
  host_unreachable: {
    http: 503,
    grpc: 'UNAVAILABLE',
    retry: 'later',
    advice: 'Check the host, its libvirtd and the network between.',
  },
  host_refused: {
    http: 502,
    grpc: 'UNAVAILABLE',
    retry: 'never',
    advice: 'Check certificates, keys and the URI; the host answered and refused.',
  },
  hypervisor_failed: {
    http: 502,
    grpc: 'INTERNAL',
    retry: 'later',
    advice: 'libvirt or QEMU refused; its own message is in the detail.',
  },
  balancer_failed: {
    http: 502,
    grpc: 'INTERNAL',
    retry: 'later',
    advice: 'HAProxy refused; its own words are in the message.',
  },
  no_space: {
    http: 507,
    grpc: 'RESOURCE_EXHAUSTED',
    retry: 'later',
    advice: 'Free space in the storage pool of the host named in the message.',
  },
  unhealthy: {
    http: 409,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'The instance never passed its health check; look at the check and at the image.',
  },
  deadline: {
    http: 504,
    grpc: 'DEADLINE_EXCEEDED',
    retry: 'later',
    advice: 'It took longer than allowed; look at the step named in the message.',
  },
  cancelled: {
    http: 409,
    grpc: 'CANCELLED',
    retry: 'never',
    advice: 'Somebody cancelled it; start it again if it is still wanted.',
  },
  lease_lost: {
    http: 409,
    grpc: 'ABORTED',
    retry: 'later',
    advice: 'Another worker has taken the operation over.',
  },
  stuck: {
    http: 409,
    grpc: 'FAILED_PRECONDITION',
    retry: 'never',
    advice: 'Do what the message says, then retry the operation.',
  },
  unsupported: {
    http: 501,
    grpc: 'UNIMPLEMENTED',
    retry: 'never',
    advice: 'This host or this installation cannot do it; the message says why.',
  },
  unavailable: {
    http: 503,
    grpc: 'UNAVAILABLE',
    retry: 'later',
    advice: 'A part that Diecast depends on is away; try again shortly.',
  },
  internal: {
    http: 500,
    grpc: 'INTERNAL',
    retry: 'later',
    advice: 'This is a defect in Diecast; report it with the request id.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_CODES;

export type FieldError = { readonly path: string; readonly message: string };

export type AppErrorOptions = {
  /** What went wrong underneath, for the log; never sent to a client. */
  readonly cause?: unknown;
  /** Public structured facts, such as the reason against every host. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Public, one per wrong field of the request. */
  readonly errors?: readonly FieldError[];
  /** Overrides the table's answer for this one case. */
  readonly retry?: Retry;
};

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly retry: Retry;
  readonly details: Readonly<Record<string, unknown>>;
  readonly errors: readonly FieldError[];

  /** @param message a public sentence that says what is wrong, where, and what would be right */
  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retry = options.retry ?? ERROR_CODES[code].retry;
    this.details = options.details ?? {};
    this.errors = options.errors ?? [];
  }
}

/** Anything thrown becomes an AppError; what is not ours is a defect and keeps its cause. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', 'Something went wrong inside Diecast.', { cause: error });
}

/** What a stored operation, step or problem document carries of an error. */
export type ErrorRecord = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
};

export function toErrorRecord(error: unknown): ErrorRecord {
  const known = toAppError(error);
  const base = { code: known.code, message: known.message };
  return Object.keys(known.details).length === 0 ? base : { ...base, details: known.details };
}
