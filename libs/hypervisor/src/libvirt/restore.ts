import { buffer } from 'node:stream/consumers';
import { AppError, restoreFileName } from '@diecast/model';
import { P, SAVE, type DomainRef } from '@diecast/node-libvirt';
import type { CallOptions, MachineDefinition, Restores } from '../port.js';
import { nicElement } from '../xml/domain.js';
import { render } from '../xml/element.js';
import { rewriteForRestore } from '../xml/rewrite.js';
import type { PoolFiles } from './files.js';
import type { GuestAgent } from './guest-agent.js';
import { POOL, type Link } from './link.js';
import type { DomainMachines } from './machines.js';
import { HEAD_BYTES, readSavedXml, readSaveHead, replaceSavedXml } from './save-image.js';

const DEADLINE_MS = 300_000;
/** VIR_DOMAIN_DEVICE_MODIFY_LIVE */
const DEVICE_LIVE = 1;
const AGENT_WITHIN_MS = 60_000;

/**
 * A new machine from the memory of another. libvirt refuses another name or UUID in restore's own argument (its ABI check)
 * and accepts them inside the file, so the description in a copy of the file is rewritten.
 * The guest wakes with its origin's name and address, so its cable stays unplugged until it has its own.
 */
export class MachineRestores implements Restores {
  constructor(
    private readonly link: Link,
    private readonly files: PoolFiles,
    private readonly machines: DomainMachines,
    private readonly agent: GuestAgent,
  ) {}

  async restoreMachine(
    definition: MachineDefinition,
    memoryFile: string,
    identify: readonly string[],
    options: CallOptions = {},
  ): Promise<void> {
    const { instanceId } = definition.identity;
    await this.link.doing(`restoring machine ${instanceId}`, async () => {
      if ((await this.machines.findMachine(instanceId, options)) === undefined)
        await this.wake(definition, memoryFile, options);
      await this.resume(definition, options);
      if (!(await this.agent.answersWithin(instanceId, AGENT_WITHIN_MS, options)))
        throw new AppError(
          'unhealthy',
          `The guest agent of machine ${instanceId} did not answer within ${AGENT_WITHIN_MS} ms.`,
        );
      const done = await this.agent.execInGuest(instanceId, identify, options);
      if (done.exitCode !== 0)
        throw new AppError(
          'unhealthy',
          `Machine ${instanceId} did not take its identity: ${identify[0]} ended with ${done.exitCode}: ${done.stderr.trim()}.`,
        );
      const dom = await this.link.requireDomain(instanceId, options);
      await this.setCable(dom, definition, 'up', options);
    });
  }

  private async wake(definition: MachineDefinition, memoryFile: string, options: CallOptions): Promise<void> {
    const copy = restoreFileName(definition.identity.instanceId);
    try {
      await this.files.copyFile(memoryFile, copy, options);
      const head = await this.read(copy, 0, HEAD_BYTES, options);
      const { areaBytes } = readSaveHead(head);
      const area = await this.read(copy, HEAD_BYTES, areaBytes, options);
      const xml = rewriteForRestore(readSavedXml(area), definition);
      await this.files.patchFile(copy, 0, replaceSavedXml(head, area, xml), options);
      await this.link.call(
        P.domain.restoreFlags,
        { from: `${POOL.path}/${copy}`, flags: SAVE.PAUSED },
        { deadlineMs: DEADLINE_MS, ...options },
      );
    } finally {
      await this.files.deleteFile(copy, { deadlineMs: 30_000 });
    }
  }

  /**
   * virtio-net infers its cable from the memory it loads (virtio_net_post_load_device in QEMU), in which it was plugged in:
   * what libvirt unplugged before is undone, and libvirt does not know. Plugged and unplugged once more, the machine wakes
   * without; else it would answer for its origin, and packets of the one would go to the other.
   */
  private async resume(definition: MachineDefinition, options: CallOptions): Promise<void> {
    const { instanceId } = definition.identity;
    const there = await this.machines.findMachine(instanceId, options);
    if (there?.state !== 'paused') return;
    const dom = await this.link.requireDomain(instanceId, options);
    await this.setCable(dom, definition, 'up', options);
    await this.setCable(dom, definition, 'down', options);
    await this.link.call(P.domain.resume, { dom }, options);
  }

  private async setCable(
    dom: DomainRef,
    { network, mac }: MachineDefinition,
    cable: 'up' | 'down',
    options: CallOptions,
  ): Promise<void> {
    const xml = render(nicElement(network, mac, cable));
    await this.link.call(P.domain.updateDeviceFlags, { dom, xml, flags: DEVICE_LIVE }, options);
  }

  private async read(name: string, offset: number, length: number, options: CallOptions): Promise<Buffer> {
    return buffer(await this.files.readFile(name, { offset, length }, options));
  }
}
