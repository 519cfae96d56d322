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

export type TransferProblem =
  /** The source has more bytes than were agreed, or than the volume has room for. */
  | 'longer'
  /** The source ended before the bytes that were agreed. */
  | 'shorter'
  /** The volume has been written to; a hole would leave there what is there. */
  | 'not-empty';

/** What should be transferred is not what it should be. The daemon, which has no objection, was not let go on. */
export class LibvirtTransferError extends Error {
  override readonly name = 'LibvirtTransferError';
  constructor(
    readonly problem: TransferProblem,
    message: string,
  ) {
    super(message);
  }
}

/** Why a signal aborted, as an Error whatever it was aborted with. */
export function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return isError(reason) ? reason : new DOMException('It was aborted', { name: 'AbortError', cause: reason });
}

/** Also one of another realm, as the reasons are that Node itself gives inside a `vm` context. */
const isError = (value: unknown): value is Error =>
  typeof value === 'object' && value !== null && 'name' in value && 'message' in value;
