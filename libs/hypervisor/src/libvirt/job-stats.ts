import { formatBytes } from '@diecast/model';
import type { TypedParam } from '@diecast/node-libvirt';
import type { MigrationProgress } from '../port.js';

export type JobStats = Readonly<Record<string, number | undefined>>;

export const asNumbers = (params: readonly TypedParam[]): JobStats =>
  Object.fromEntries(
    params.flatMap(({ field, value }) =>
      typeof value === 'number' || typeof value === 'bigint' ? [[field, Number(value)]] : [],
    ),
  );

const PAGE_BYTES = 4096;

/** libvirt's names: VIR_DOMAIN_JOB_* in libvirt-domain.h. Rates are per second, the dirty rate in pages. */
export function toMigrationProgress(stats: JobStats): MigrationProgress {
  const total = (stats['memory_total'] ?? 0) + (stats['disk_total'] ?? 0);
  const remaining = (stats['memory_remaining'] ?? 0) + (stats['disk_remaining'] ?? 0);
  const processed = (stats['memory_processed'] ?? 0) + (stats['disk_processed'] ?? 0);
  const dirty = (stats['memory_dirty_rate'] ?? 0) * (stats['memory_page_size'] ?? PAGE_BYTES);
  const speed = (stats['memory_bps'] ?? 0) + (stats['disk_bps'] ?? 0);
  const iteration = stats['memory_iteration'] ?? 0;
  const percent =
    total === 0 ? 0 : Math.max(0, Math.min(99, Math.floor(((total - remaining) * 100) / total)));
  // What is left at the present speed is how long the machine would have to stand still now.
  const expectedDowntimeMs = stats['downtime'] ?? (speed > 0 ? Math.round((remaining / speed) * 1000) : 0);
  return {
    percent,
    message: `${formatBytes(total - remaining)} of ${formatBytes(total)}, pass ${iteration}, dirtying ${formatBytes(dirty)}/s`,
    data: {
      totalBytes: total,
      processedBytes: processed,
      remainingBytes: remaining,
      dirtyBytesPerSecond: dirty,
      bytesPerSecond: speed,
      expectedDowntimeMs,
      iteration,
    },
  };
}
