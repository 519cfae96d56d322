/** libvirt's error numbers that callers branch on (virErrorNumber in libvirt/virterror.h). */
export const VIR_ERR = {
  INTERNAL_ERROR: 1,
  NO_MEMORY: 2,
  NO_SUPPORT: 3,
  INVALID_ARG: 8,
  OPERATION_FAILED: 9,
  SYSTEM_ERROR: 38,
  RPC: 39,
  NO_DOMAIN: 42,
  NO_NETWORK: 43,
  AUTH_FAILED: 45,
  NO_STORAGE_POOL: 49,
  NO_STORAGE_VOL: 50,
  OPERATION_INVALID: 55,
  OPERATION_TIMEOUT: 68,
  MIGRATE_PERSIST_FAILED: 69,
  CONFIG_UNSUPPORTED: 67,
  OPERATION_ABORTED: 78,
  MIGRATE_UNSAFE: 81,
  OPERATION_UNSUPPORTED: 84,
  AGENT_UNRESPONSIVE: 86,
  RESOURCE_BUSY: 87,
  STORAGE_VOL_EXIST: 90,
  CPU_INCOMPATIBLE: 91,
  MIGRATE_FINISH_OK: 93,
  AUTH_UNAVAILABLE: 94,
  NO_DOMAIN_METADATA: 80,
} as const;

export type LibvirtErrorFields = {
  /** virErrorNumber */
  readonly code: number;
  /** virErrorDomain: which part of libvirt said it */
  readonly domain: number;
  /** virErrorLevel: 1 warning, 2 error */
  readonly level: number;
  readonly message: string;
  readonly strings: readonly (string | null)[];
  readonly integers: readonly [number, number];
};

/** The daemon answered, and the answer is an error. Branch on `code` and `domain`; the text is for people. */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  readonly code: number;
  readonly domain: number;
  readonly level: number;
  readonly strings: readonly (string | null)[];
  readonly integers: readonly [number, number];

  constructor(
    fields: LibvirtErrorFields,
    readonly procedure: string,
  ) {
    super(fields.message);
    this.code = fields.code;
    this.domain = fields.domain;
    this.level = fields.level;
    this.strings = fields.strings;
    this.integers = fields.integers;
  }
}

export type TransportFailure =
  /** Nobody answers there: refused connection, no route, no such socket, name not found. */
  | 'unreachable'
  /** Somebody answers and does not want us: TLS verdict, certificate, authentication. */
  | 'refused'
  /** The connection ended while calls were waiting. */
  | 'closed'
  /** The peer does not speak the protocol, or sent more than its limits allow. */
  | 'protocol';

export class LibvirtTransportError extends Error {
  override readonly name = 'LibvirtTransportError';
  constructor(
    readonly failure: TransportFailure,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** No answer within the deadline. Whether the call had an effect is not known. */
export class LibvirtTimeoutError extends Error {
  override readonly name = 'LibvirtTimeoutError';
  constructor(
    readonly procedure: string,
    readonly deadlineMs: number,
  ) {
    super(`${procedure} was not answered within ${deadlineMs} ms`);
  }
}
