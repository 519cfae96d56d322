import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type Accelerator } from '@diecast/model';
import {
  ADDRESS_SOURCE,
  CPU_BASELINE,
  DOMAIN_SHUTDOWN,
  DOMAIN_XML,
  LibvirtError,
  METADATA,
  P,
  VIR_ERR,
  type DomainRef,
} from '@diecast/node-libvirt';
import type { CallOptions, DomainState, DomainView, MachineDefinition, Machines } from '../port.js';
import { domainXml, identityElement, METADATA_PREFIX, METADATA_URI } from '../xml/domain.js';
import { render } from '../xml/element.js';
import { domainState, fileNames, readCpu, readDomain } from '../xml/read-domain.js';
import { parseTree, writeTree } from '../xml/tree.js';
import { hasCode } from './errors.js';
import { findFirmware } from './firmware.js';
import { platformOf, type Link } from './link.js';

const POLL_MS = 200;
const START_DEADLINE_MS = 60_000;
/** VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE: the verdict is an error then, which names the features that are missing. */
const FAIL_INCOMPATIBLE = 1;

/** Virtual machines as transient domains. */
export class DomainMachines implements Machines {
  constructor(private readonly link: Link) {}

  async listMachines(options?: CallOptions): Promise<readonly DomainView[]> {
    return this.link.doing('listing machines', async () => {
      const { domains } = await this.link.call(P.connect.listAllDomains, {}, options);
      const views = await Promise.all(domains.map((dom) => this.view(dom, options)));
      return views.filter((view) => view !== undefined);
    });
  }

  async findMachine(instanceId: string, options?: CallOptions): Promise<DomainView | undefined> {
    return this.link.doing(`looking for machine ${instanceId}`, async () => {
      const dom = await this.link.findDomain(instanceId, options);
      return dom && this.view(dom, options);
    });
  }

  async startMachine(definition: MachineDefinition, options: CallOptions = {}): Promise<void> {
    const { instanceId, generation } = definition.identity;
    const there = await this.findMachine(instanceId, options);
    if (there !== undefined) {
      if (there.identity?.instanceId === instanceId && there.identity.generation === generation) return;
      throw new AppError(
        'conflict',
        `Host ${this.link.host} already runs a machine ${instanceId} of generation ${there.identity?.generation ?? 'unknown'}, not ${generation}.`,
      );
    }
    await this.link.doing(`starting machine ${instanceId}`, async () => {
      const firmware =
        definition.machine.firmware === 'uefi'
          ? await findFirmware(this.link, definition.accelerator, options)
          : null;
      await this.link.call(
        P.domain.createXml,
        { xml: domainXml(definition, firmware) },
        { deadlineMs: START_DEADLINE_MS, ...options },
      );
    });
  }

  async stopMachine(instanceId: string, graceMs: number, options: CallOptions = {}): Promise<void> {
    await this.link.doing(`stopping machine ${instanceId}`, async () => {
      const dom = await this.link.findDomain(instanceId, options);
      if (dom === undefined) return;
      if (graceMs > 0 && (await this.endsBy(dom, graceMs, options))) return;
      try {
        await this.link.call(P.domain.destroyFlags, { dom }, { deadlineMs: START_DEADLINE_MS, ...options });
      } catch (error) {
        if (!hasCode(error, VIR_ERR.NO_DOMAIN, VIR_ERR.OPERATION_INVALID)) throw error;
      }
    });
  }

  async pauseMachine(instanceId: string, options?: CallOptions): Promise<void> {
    await this.link.doing(`pausing machine ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      await this.link.call(P.domain.suspend, { dom }, options);
    });
  }

  async resumeMachine(instanceId: string, options?: CallOptions): Promise<void> {
    await this.link.doing(`resuming machine ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      try {
        await this.link.call(P.domain.resume, { dom }, options);
      } catch (error) {
        if (!hasCode(error, VIR_ERR.OPERATION_INVALID)) throw error;
        const state = await this.stateOf(dom, options);
        if (state === 'running') return;
        throw new AppError('conflict', `Machine ${instanceId} on ${this.link.host} is ${state}.`);
      }
    });
  }

  async readAddresses(instanceId: string, options?: CallOptions): Promise<readonly string[]> {
    return this.link.doing(`asking machine ${instanceId} for its addresses`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      for (const source of [ADDRESS_SOURCE.AGENT, ADDRESS_SOURCE.LEASE, ADDRESS_SOURCE.ARP]) {
        const found = await this.addressesFrom(dom, source, options);
        if (found.length > 0) return found;
      }
      return [];
    });
  }

  async findCpuObstacle(
    cpuXml: string,
    accelerator: Accelerator,
    options?: CallOptions,
  ): Promise<string | undefined> {
    return this.link.doing('comparing CPUs', async () => {
      try {
        const wish = { ...platformOf(accelerator), xmlCpu: cpuXml, flags: FAIL_INCOMPATIBLE };
        await this.link.call(P.connect.compareHypervisorCpu, wish, options);
        return undefined;
      } catch (error) {
        if (error instanceof LibvirtError && hasCode(error, VIR_ERR.CPU_INCOMPATIBLE)) return error.message;
        throw error;
      }
    });
  }

  async baselineCpu(
    cpuXmls: readonly string[],
    accelerator: Accelerator,
    options?: CallOptions,
  ): Promise<string | undefined> {
    return this.link.doing('finding the CPU that all hosts offer', async () => {
      try {
        const { cpu } = await this.link.call(
          P.connect.baselineHypervisorCpu,
          { ...platformOf(accelerator), xmlCpus: cpuXmls, flags: CPU_BASELINE.MIGRATABLE },
          options,
        );
        // Written anew, so that nothing but one element gets into a machine's description.
        return writeTree(parseTree(cpu));
      } catch (error) {
        // Other vendors, or nothing that all have.
        if (hasCode(error, VIR_ERR.OPERATION_FAILED, VIR_ERR.CPU_INCOMPATIBLE)) return undefined;
        throw error;
      }
    });
  }

  async readMachineCpu(instanceId: string, options?: CallOptions): Promise<string | undefined> {
    return this.link.doing(`reading the CPU of machine ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      const { xml } = await this.link.call(
        P.domain.getXmlDesc,
        { dom, flags: DOMAIN_XML.MIGRATABLE },
        options,
      );
      const cpu = readCpu(xml);
      return cpu && writeTree(cpu);
    });
  }

  async updateGeneration(instanceId: string, generation: number, options?: CallOptions): Promise<void> {
    await this.link.doing(`naming the generation of machine ${instanceId}`, async () => {
      const dom = await this.link.requireDomain(instanceId, options);
      const { xml } = await this.link.call(P.domain.getXmlDesc, { dom }, options);
      const { identity } = readDomain(xml);
      if (identity === null)
        throw new AppError('conflict', `Machine ${instanceId} on ${this.link.host} is not ours.`);
      if (identity.generation === generation) return;
      await this.link.call(
        P.domain.setMetadata,
        {
          dom,
          type: METADATA.ELEMENT,
          metadata: render(identityElement({ ...identity, generation })),
          key: METADATA_PREFIX,
          uri: METADATA_URI,
          flags: 1,
        },
        options,
      );
    });
  }

  /** Whether the guest went when it was asked to. One that is paused hears nothing, and is not waited for. */
  private async endsBy(dom: DomainRef, graceMs: number, options: CallOptions): Promise<boolean> {
    if ((await this.stateOf(dom, options)) !== 'running') return false;
    await this.ask(dom, options);
    const deadline = performance.now() + graceMs;
    while (performance.now() < deadline) {
      if ((await this.link.findDomain(dom.uuid, options)) === undefined) return true;
      await sleep(POLL_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
    return false;
  }

  /** One that ended while we looked is `shutoff`. */
  private async stateOf(dom: DomainRef, options?: CallOptions): Promise<DomainState> {
    try {
      return domainState((await this.link.call(P.domain.getState, { dom }, options)).state);
    } catch (error) {
      if (hasCode(error, VIR_ERR.NO_DOMAIN)) return 'shutoff';
      throw error;
    }
  }

  private async ask(dom: DomainRef, options: CallOptions): Promise<void> {
    try {
      await this.link.call(P.domain.shutdownFlags, { dom, flags: DOMAIN_SHUTDOWN.ACPI_POWER_BTN }, options);
    } catch (error) {
      // Paused, gone, or without ACPI: destroying it is next.
      if (!hasCode(error, VIR_ERR.NO_DOMAIN, VIR_ERR.OPERATION_INVALID, VIR_ERR.OPERATION_FAILED))
        throw error;
    }
  }

  private async view(dom: DomainRef, options?: CallOptions): Promise<DomainView | undefined> {
    try {
      const [{ xml }, { state, reason }] = await Promise.all([
        this.link.call(P.domain.getXmlDesc, { dom }, options),
        this.link.call(P.domain.getState, { dom }, options),
      ]);
      const { identity, diskPaths } = readDomain(xml);
      return {
        uuid: dom.uuid,
        name: dom.name,
        state: domainState(state),
        reason,
        identity,
        diskChain: fileNames(diskPaths),
      };
    } catch (error) {
      // It ended while we looked.
      if (hasCode(error, VIR_ERR.NO_DOMAIN)) return undefined;
      throw error;
    }
  }

  private async addressesFrom(
    dom: DomainRef,
    source: number,
    options?: CallOptions,
  ): Promise<readonly string[]> {
    try {
      const { ifaces } = await this.link.call(P.domain.interfaceAddresses, { dom, source }, options);
      return ifaces
        .filter((nic) => nic.name !== 'lo')
        .flatMap((nic) => nic.addrs.filter((each) => each.type === 0).map((each) => each.addr))
        .filter((address) => !address.startsWith('127.') && !address.startsWith('169.254.'));
    } catch (error) {
      if (hasCode(error, VIR_ERR.NO_DOMAIN)) throw error;
      // This source knows nothing of this machine; the next one may.
      return [];
    }
  }
}
