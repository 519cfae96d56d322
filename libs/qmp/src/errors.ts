/** The error classes of QAPI (QapiErrorClass in QEMU's qapi/error.json). */
export type QmpErrorClass =
  'GenericError' | 'CommandNotFound' | 'DeviceNotActive' | 'DeviceNotFound' | 'KVMMissingCap';

/** QEMU answered, and the answer is an error. Branch on `errorClass`; the message is for people. */
export class QmpError extends Error {
  override readonly name = 'QmpError';
  constructor(
    readonly command: string,
    /** One of the known classes, or one of a later QEMU. */
    readonly errorClass: QmpErrorClass | (string & {}),
    /** QEMU's `desc`. */
    description: string,
  ) {
    super(description);
  }
}

/** Whether QEMU answered with an error, of this class if one is given. */
export function isQmpError(error: unknown, errorClass?: QmpErrorClass | (string & {})): error is QmpError {
  return error instanceof QmpError && (errorClass === undefined || error.errorClass === errorClass);
}

export type QmpTransportFailure =
  /** Nobody answers there: no such socket, a refused connection, no greeting in time. */
  | 'unreachable'
  /** The connection ended, on either side. */
  | 'closed'
  /** What came is not QMP. */
  | 'protocol'
  /** What came is more than the limits allow. */
  | 'limit'
  /** This door cannot do that, e.g. out-of-band commands over libvirt. */
  | 'unsupported'
  /** What carries the commands refused one; `cause` is its own error, e.g. a LibvirtError. */
  | 'passthrough';

/** There was no answer of QEMU. Whether a command that was sent had an effect is not known. */
export class QmpTransportError extends Error {
  override readonly name = 'QmpTransportError';
  constructor(
    readonly failure: QmpTransportFailure,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** No answer within the deadline. An answer that comes later is dropped. */
export class QmpTimeoutError extends Error {
  override readonly name = 'QmpTimeoutError';
  constructor(
    readonly command: string,
    /** Milliseconds. */
    readonly deadlineMs: number,
    /** Whether it left this client: if not, it had no effect; if so, that is not known. */
    readonly sent: boolean,
  ) {
    super(`${command} was not answered within ${deadlineMs} ms${sent ? '' : ' (it was never sent)'}`);
  }
}

/** Events came faster than they were read and are lost: subscribe again and look at what they would have told. */
export class QmpEventsLostError extends Error {
  override readonly name = 'QmpEventsLostError';
  constructor(readonly waiting: number) {
    super(`the reader of events is too slow: ${waiting} events wait for it, which is the limit`);
  }
}

/** A job ended badly (`failed`), or was dismissed by somebody else before its end was seen (`gone`). */
export class QmpJobError extends Error {
  override readonly name = 'QmpJobError';
  constructor(
    readonly jobId: string,
    readonly reason: 'failed' | 'gone',
    message: string,
  ) {
    super(message);
  }
}
