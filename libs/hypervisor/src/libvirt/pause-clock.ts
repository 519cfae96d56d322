import type { MonitorEvent } from '@diecast/node-libvirt';

/** How long the guest stood still, by QEMU's own STOP and RESUME events and QEMU's own clock. */
export class PauseClock {
  private stoppedAtMs: number | undefined;
  private readonly pauses: number[] = [];

  note(event: Pick<MonitorEvent, 'event' | 'atMs'>): void {
    if (event.event === 'STOP') this.stoppedAtMs ??= event.atMs;
    if (event.event !== 'RESUME' || this.stoppedAtMs === undefined) return;
    this.pauses.push(event.atMs - this.stoppedAtMs);
    this.stoppedAtMs = undefined;
  }

  /** 0 when it never stood still. */
  longestMs(): number {
    return Math.max(0, ...this.pauses);
  }
}
