import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type Progress } from '@diecast/model';
import { P, SNAPSHOT_CREATE, VIR_ERR, type DomainRef } from '@diecast/node-libvirt';
import type { CallOptions, SnapshotRequest, SnapshotResult, Snapshots } from '../port.js';
import { DISK_TARGET } from '../xml/domain.js';
import { el, render } from '../xml/element.js';
import { fileNames, readDomain } from '../xml/read-domain.js';
import { hasCode } from './errors.js';
import type { PoolFiles } from './files.js';
import type { GuestAgent } from './guest-agent.js';
import { asNumbers, toMigrationProgress } from './job-stats.js';
import { POOL, type Link } from './link.js';
import { PauseClock } from './pause-clock.js';

const DEADLINE_MS = 600_000;
const POLL_MS = 150;
/** On a host that the machine has just come to, its agent is connected only a moment later. */
const AGENT_WITHIN_MS = 3_000;

/** Disk and memory of a running machine, cut at one moment. libvirt keeps no record of it: ours is in the store. */
export class DomainSnapshots implements Snapshots {
  constructor(
    private readonly link: Link,
    private readonly files: PoolFiles,
    private readonly agent: GuestAgent,
  ) {}

  async snapshotMachine(
    instanceId: string,
    request: SnapshotRequest,
    options: CallOptions & { readonly onProgress?: (progress: Progress) => void } = {},
  ): Promise<SnapshotResult> {
    return this.link.doing(`taking a snapshot of machine ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      await this.makeLayer(dom, request.newLayer, options);
      if (request.memoryFile !== null) await this.files.createEmpty(request.memoryFile, options);
      // With memory there is nothing to quiesce: what the guest has not written yet is in its memory, and that is kept.
      const quiesce =
        request.memoryFile === null && request.quiesce ? await this.freeze(instanceId, options) : 'none';
      const clock = new PauseClock();
      try {
        await this.link.watchMonitor(
          dom,
          () => this.take(dom, request, options),
          (event) => clock.note(event),
        );
      } finally {
        if (quiesce === 'agent') await this.thaw(instanceId);
      }
      const memory = request.memoryFile === null ? undefined : await this.files.findFile(request.memoryFile);
      return { pauseMs: clock.longestMs(), quiesce, memoryBytes: memory?.capacityBytes ?? 0 };
    });
  }

  /** Block pull (virDomainBlockRebase): the machine runs on, and afterwards needs only `base` below its layer. */
  async flattenOnto(
    instanceId: string,
    base: string,
    options: CallOptions & { readonly onProgress?: (progress: Progress) => void } = {},
  ): Promise<void> {
    await this.link.doing(`merging the layers of machine ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      if (await this.standsOn(dom, base, options)) return;
      await this.startPull(dom, base, options);
      await this.waitForPull(dom, options);
      if (!(await this.standsOn(dom, base, options)))
        throw new AppError(
          'hypervisor_failed',
          `Host ${this.link.host} did not merge the layers of machine ${instanceId}.`,
        );
    });
  }

  private async take(
    dom: DomainRef,
    request: SnapshotRequest,
    options: CallOptions & Watched,
  ): Promise<void> {
    const { memoryFile } = request;
    const xml = render(
      el('domainsnapshot', {}, [
        el('name', {}, request.newLayer),
        memoryFile === null
          ? el('memory', { snapshot: 'no' })
          : el('memory', { snapshot: 'external', file: `${POOL.path}/${memoryFile}` }),
        el('disks', {}, [
          el('disk', { name: DISK_TARGET, snapshot: 'external', type: 'file' }, [
            el('driver', { type: 'qcow2' }),
            el('source', { file: `${POOL.path}/${request.newLayer}` }),
          ]),
        ]),
      ]),
    );
    const flags =
      SNAPSHOT_CREATE.ATOMIC |
      SNAPSHOT_CREATE.NO_METADATA |
      SNAPSHOT_CREATE.REUSE_EXT |
      (memoryFile === null ? SNAPSHOT_CREATE.DISK_ONLY : SNAPSHOT_CREATE.LIVE);
    const watching = new AbortController();
    const watch = this.watchMemory(dom, watching.signal, options.onProgress);
    const abort = (): void => void this.link.call(P.domain.abortJob, { dom }).catch(() => undefined);
    options.signal?.addEventListener('abort', abort, { once: true });
    try {
      await this.link.call(P.snapshot.createXml, { dom, xml, flags }, { deadlineMs: DEADLINE_MS });
    } finally {
      options.signal?.removeEventListener('abort', abort);
      watching.abort();
      await watch;
    }
  }

  /** The layer that the machine goes on in, made by us so that the pool knows it: REUSE_EXT takes it as it stands. */
  private async makeLayer(dom: DomainRef, name: string, options: CallOptions): Promise<void> {
    const { xml } = await this.link.call(P.domain.getXmlDesc, { dom }, options);
    const [active] = fileNames(readDomain(xml).diskPaths);
    if (active === undefined)
      throw new AppError('conflict', `Machine ${dom.uuid} has no disk to take a snapshot of.`);
    const file = await this.files.findFile(active, options);
    await this.files.createLayer(
      { name, virtualSize: file?.capacityBytes ?? 0, backing: { name: active, format: 'qcow2' } },
      options,
    );
  }

  private async freeze(instanceId: string, options: CallOptions): Promise<'agent' | 'failed'> {
    if (!(await this.agent.answersWithin(instanceId, AGENT_WITHIN_MS, options))) return 'failed';
    return (await this.agent.freezeFileSystems(instanceId)) ? 'agent' : 'failed';
  }

  private async thaw(instanceId: string): Promise<void> {
    await this.agent.thawFileSystems(instanceId);
  }

  private async standsOn(dom: DomainRef, base: string, options: CallOptions): Promise<boolean> {
    const { xml } = await this.link.call(P.domain.getXmlDesc, { dom }, options);
    const chain = fileNames(readDomain(xml).diskPaths);
    if (!chain.includes(base))
      throw new AppError('conflict', `Machine ${dom.uuid} does not stand on ${base}.`);
    return chain[1] === base;
  }

  private async startPull(dom: DomainRef, base: string, options: CallOptions): Promise<void> {
    try {
      await this.link.call(
        P.domain.blockRebase,
        { dom, path: DISK_TARGET, base: `${POOL.path}/${base}`, bandwidth: 0n },
        options,
      );
    } catch (error) {
      // A pull that an earlier attempt started is the one that we want.
      const { found } = await this.link.call(P.domain.getBlockJobInfo, { dom, path: DISK_TARGET }, options);
      if (!found) throw error;
    }
  }

  private async waitForPull(dom: DomainRef, options: CallOptions & Watched): Promise<void> {
    for (;;) {
      const info = await this.link.call(P.domain.getBlockJobInfo, { dom, path: DISK_TARGET }, options);
      if (!info.found) return;
      const percent = info.end === 0n ? 0 : Number((info.cur * 100n) / info.end);
      options.onProgress?.({ percent, message: 'merging disk layers' });
      try {
        await sleep(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
      } catch (error) {
        await this.link.call(P.domain.blockJobAbort, { dom, path: DISK_TARGET }).catch(() => undefined);
        throw error;
      }
    }
  }

  private async watchMemory(
    dom: DomainRef,
    signal: AbortSignal,
    onProgress: Watched['onProgress'],
  ): Promise<void> {
    if (onProgress === undefined) return;
    while (!signal.aborted) {
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const { params } = await this.link.call(P.domain.getJobStats, { dom });
        onProgress(toMigrationProgress(asNumbers(params)));
      } catch (error) {
        if (hasCode(error, VIR_ERR.NO_DOMAIN)) return;
      }
    }
  }
}

type Watched = { readonly onProgress?: ((progress: Progress) => void) | undefined };
