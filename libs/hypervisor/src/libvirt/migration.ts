import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@diecast/model';
import {
  JOB_STATS,
  JOB_TYPE,
  MIGRATE,
  P,
  VIR_ERR,
  type DomainRef,
  type TypedParam,
} from '@diecast/node-libvirt';
import type {
  CallOptions,
  MigrationProgress,
  MigrationResult,
  MigrationTarget,
  Migrations,
} from '../port.js';
import { DISK_TARGET } from '../xml/domain.js';
import { hasCode } from './errors.js';
import { asNumbers, toMigrationProgress } from './job-stats.js';
import type { Link } from './link.js';

/** A migration takes as long as memory is dirtied; what is too long, the operation above decides. */
const DEADLINE_MS = 3_600_000;
const POLL_MS = 250;

/**
 * Peer to peer, so that it goes on when we die; TLS for memory and disk; the overlay travels, the image below it must be
 * there. A transient domain leaves nothing at the source. Flags: libvirt's virDomainMigrateFlags.
 */
const FLAGS =
  MIGRATE.LIVE |
  MIGRATE.PEER2PEER |
  MIGRATE.NON_SHARED_INC |
  MIGRATE.ABORT_ON_ERROR |
  MIGRATE.AUTO_CONVERGE |
  MIGRATE.TLS;

export class LiveMigrations implements Migrations {
  constructor(private readonly link: Link) {}

  async migrate(
    instanceId: string,
    target: MigrationTarget,
    options: CallOptions & { readonly onProgress?: (progress: MigrationProgress) => void } = {},
  ): Promise<void> {
    await this.link.doing(`migrating machine ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      const watching = new AbortController();
      const stop = (): void => {
        void this.cancelUntil(instanceId, watching.signal);
      };
      if (options.signal?.aborted === true) stop();
      else options.signal?.addEventListener('abort', stop, { once: true });
      const watch = this.watch(dom, target, watching.signal, options.onProgress);
      try {
        // The signal is not given to the call: leaving it would not end the migration, cancelling the job does.
        await this.link.call(
          P.migrate.perform3Params,
          {
            dom,
            dconnuri: target.migrationUri,
            params: paramsOf(target),
            cookieIn: Buffer.alloc(0),
            flags: FLAGS,
          },
          { deadlineMs: options.deadlineMs ?? DEADLINE_MS },
        );
      } catch (error) {
        if (
          options.signal?.aborted === true &&
          hasCode(error, VIR_ERR.OPERATION_ABORTED, VIR_ERR.OPERATION_FAILED)
        )
          throw new AppError('cancelled', `The migration of machine ${instanceId} was cancelled.`, {
            cause: error,
          });
        throw error;
      } finally {
        options.signal?.removeEventListener('abort', stop);
        watching.abort();
        await watch;
      }
    });
  }

  async readMigration(instanceId: string, options?: CallOptions): Promise<MigrationProgress | undefined> {
    return this.link.doing(`looking at the migration of machine ${instanceId}`, async () => {
      const dom = await this.link.findDomain(instanceId, options);
      try {
        return dom && (await this.read(dom, options));
      } catch (error) {
        // It has just left for the target, or ended: no migration runs.
        if (hasCode(error, VIR_ERR.OPERATION_INVALID, VIR_ERR.NO_DOMAIN)) return undefined;
        throw error;
      }
    });
  }

  /** On the target: libvirt hands the figures over with the machine. */
  async readCompletedMigration(
    instanceId: string,
    options?: CallOptions,
  ): Promise<MigrationResult | undefined> {
    return this.link.doing(`reading what the migration of machine ${instanceId} took`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      try {
        const flags = JOB_STATS.COMPLETED | JOB_STATS.KEEP_COMPLETED;
        const { params } = await this.link.call(P.domain.getJobStats, { dom, flags }, options);
        const stats = asNumbers(params);
        if (stats['time_elapsed'] === undefined) return undefined;
        return {
          downtimeMs: stats['downtime'] ?? stats['downtime_net'] ?? null,
          totalMs: stats['time_elapsed'],
          transferredBytes: (stats['memory_processed'] ?? 0) + (stats['disk_processed'] ?? 0),
        };
      } catch (error) {
        if (hasCode(error, VIR_ERR.OPERATION_INVALID, VIR_ERR.OPERATION_UNSUPPORTED)) return undefined;
        throw error;
      }
    });
  }

  async cancelMigration(instanceId: string, options?: CallOptions): Promise<void> {
    await this.link.doing(`cancelling the migration of machine ${instanceId}`, async () => {
      const dom = await this.link.findDomain(instanceId, options);
      if (dom === undefined) return;
      try {
        await this.link.call(P.domain.abortJob, { dom }, options);
      } catch (error) {
        // No job runs (any more): that is what was wanted.
        if (!hasCode(error, VIR_ERR.OPERATION_INVALID, VIR_ERR.NO_DOMAIN)) throw error;
      }
    });
  }

  /** Again and again: a migration that has not begun yet at the first time has no job to cancel. */
  private async cancelUntil(instanceId: string, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.cancelMigration(instanceId).catch(() => undefined);
      await sleep(POLL_MS, undefined, { signal: over }).catch(() => undefined);
    }
  }

  private async read(dom: DomainRef, options?: CallOptions): Promise<MigrationProgress | undefined> {
    const { type, params } = await this.link.call(P.domain.getJobStats, { dom }, options);
    return type === JOB_TYPE.BOUNDED || type === JOB_TYPE.UNBOUNDED
      ? toMigrationProgress(asNumbers(params))
      : undefined;
  }

  private async watch(
    dom: DomainRef,
    target: MigrationTarget,
    signal: AbortSignal,
    onProgress: ((progress: MigrationProgress) => void) | undefined,
  ): Promise<void> {
    let downtimeSet = target.downtimeMs === undefined;
    while (!signal.aborted) {
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const progress = await this.read(dom);
        if (progress === undefined) continue;
        onProgress?.(progress);
        if (downtimeSet || target.downtimeMs === undefined) continue;
        const downtime = BigInt(Math.round(target.downtimeMs));
        await this.link.call(P.migrate.setMaxDowntime, { dom, downtime });
        downtimeSet = true;
      } catch {
        // Watching never decides about the migration; at its end the source no longer knows the domain.
      }
    }
  }
}

function paramsOf(target: MigrationTarget): readonly TypedParam[] {
  const params: TypedParam[] = [{ field: 'migrate_disks', type: 'string', value: DISK_TARGET }];
  if (target.address !== null)
    params.push({ field: 'migrate_uri', type: 'string', value: `tcp://${target.address}` });
  if (target.bandwidthMiBps !== undefined)
    params.push({ field: 'bandwidth', type: 'ullong', value: BigInt(Math.round(target.bandwidthMiBps)) });
  return params;
}
