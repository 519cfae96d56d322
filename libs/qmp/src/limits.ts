/** What a server may make this client hold. Whoever exceeds one of them loses the connection, or the subscription. */
export type QmpLimits = {
  /** Bytes of one line without its end, default 10 MiB: what libvirt and QEMU's own client take as well. */
  readonly maxLineBytes: number;
  /** How deep objects and arrays may lie in each other, default 1024: QEMU's own limit. */
  readonly maxDepth: number;
  /** Values in one line, default 1,000,000: an empty array is two bytes on the wire and many more here. */
  readonly maxValues: number;
  /** Events that wait for one slow reader, default 10,000. */
  readonly maxQueuedEvents: number;
  /** Bytes on the wire of the events that wait for one slow reader, default 10 MiB. */
  readonly maxQueuedEventBytes: number;
};

export const DEFAULT_LIMITS: QmpLimits = {
  maxLineBytes: 10 * 1024 * 1024,
  maxDepth: 1024,
  maxValues: 1_000_000,
  maxQueuedEvents: 10_000,
  maxQueuedEventBytes: 10 * 1024 * 1024,
};
