/**
 * What lends its monitor to us: libvirt, or whatever else holds QEMU's monitor and lets others use it. `libvirtPassthrough`
 * makes one of a domain.
 */
export interface MonitorPassthrough {
  /**
   * One command as QMP has it, without an id, to QEMU's whole answer, `{"return": …}` or `{"error": …}`. Rejects when it could not
   * be carried. After the deadline, or when the signal aborts, nobody waits for it any more.
   */
  command(json: string, options: PassthroughOptions): Promise<string>;
  /**
   * Resolves when nothing that QEMU tells from now on is missed. The iteration ends when the signal aborts, and throws when
   * something may have been missed.
   */
  events(signal: AbortSignal): Promise<AsyncIterable<PassthroughEvent>>;
}

export type PassthroughOptions = {
  /** Milliseconds. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
};

/** An event as libvirt hands it on. */
export type PassthroughEvent = {
  readonly event: string;
  /** QEMU's time stamp. */
  readonly seconds: number | bigint;
  readonly micros: number;
  /** The event's data as JSON; null when it has none. */
  readonly details: string | null;
};
