import { AppError, type Accelerator } from '@diecast/model';
import { P, VIR_ERR, type DomainRef, type Libvirt, type Procedure } from '@diecast/node-libvirt';
import type { CallOptions } from '../port.js';
import { explain, hasCode } from './errors.js';

export const POOL = { name: 'diecast', path: '/var/lib/diecast/pool' } as const;

/** The kind of machine that libvirt's questions about a hypervisor are about: always ours. */
export const platformOf = (accelerator: Accelerator) => ({
  emulator: null,
  arch: 'x86_64',
  machine: 'q35',
  virttype: accelerator === 'kvm' ? 'kvm' : 'qemu',
});

/** One host's connection with its errors explained: what every part of the implementation works with. */
export class Link {
  constructor(
    readonly host: string,
    readonly libvirt: Libvirt,
  ) {}

  /** Runs `work`, and says what was being done when it fails. */
  async doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explain(this.host, what, error);
    }
  }

  call<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<R> {
    return this.libvirt.call(procedure, args, options);
  }

  async findDomain(instanceId: string, options?: CallOptions): Promise<DomainRef | undefined> {
    try {
      return (await this.call(P.domain.lookupByUuid, { uuid: instanceId }, options)).dom;
    } catch (error) {
      if (hasCode(error, VIR_ERR.NO_DOMAIN)) return undefined;
      throw error;
    }
  }

  async requireDomain(instanceId: string, options?: CallOptions): Promise<DomainRef> {
    const dom = await this.findDomain(instanceId, options);
    if (dom === undefined)
      throw new AppError('not_found', `Host ${this.host} runs no machine ${instanceId}.`);
    return dom;
  }
}
