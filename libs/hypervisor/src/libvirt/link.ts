import { AppError, type Accelerator } from '@diecast/model';
import { addAbortSignal, type Duplex } from 'node:stream';
import {
  P,
  VIR_ERR,
  type DomainRef,
  type Libvirt,
  type MonitorEvent,
  type Procedure,
  type StreamProcedure,
} from '@diecast/node-libvirt';
import type { CallOptions, HostGuard } from '../port.js';
import { explain, hasCode } from './errors.js';

export const POOL = { name: 'diecast', path: '/var/lib/diecast/pool' } as const;

/** The kind of machine that libvirt's questions about a hypervisor are about: always ours. */
export const platformOf = (accelerator: Accelerator) => ({
  emulator: null,
  arch: 'x86_64',
  machine: 'q35',
  virttype: accelerator === 'kvm' ? 'kvm' : 'qemu',
});

/**
 * One host's connection with its errors explained: what every part of the implementation works with. With a guard, nothing
 * leaves for the host that it has not admitted: a short call is over before the guard's time is, and none is waited for when
 * its signal aborts.
 */
export class Link {
  constructor(
    readonly host: string,
    private readonly libvirt: Libvirt,
    private readonly guard?: HostGuard,
  ) {}

  /** Runs `work`, and says what was being done when it fails. */
  async doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explain(this.host, what, error);
    }
  }

  async call<A, R>(procedure: Procedure<A, R>, args: A, options: CallOptions = {}): Promise<R> {
    const limits = await this.limit(options, procedure.long === true);
    return this.whileGuarded(this.libvirt.call(procedure, args, limits));
  }

  /** A stream that breaks off when the guard's signal aborts. */
  async openStream<A, R>(
    procedure: StreamProcedure<A, R>,
    args: A,
    options: CallOptions = {},
  ): Promise<Duplex> {
    const limits = await this.limit(options, true);
    const stream = await this.whileGuarded(this.libvirt.openStream(procedure, args, limits));
    return this.guard === undefined ? stream : addAbortSignal(this.guard.signal, stream);
  }

  /** QEMU's own events of one machine while `work` runs. */
  async watchMonitor<T>(
    dom: DomainRef,
    work: () => Promise<T>,
    onEvent: (event: MonitorEvent) => void,
  ): Promise<T> {
    await this.guard?.admit();
    return this.whileGuarded(this.libvirt.watchMonitor(dom, work, onEvent));
  }

  /** What happens to machines there, until the signal aborts. */
  events(signal: AbortSignal) {
    return this.libvirt.events(['lifecycle'], signal);
  }

  close(): void {
    this.libvirt.close();
  }

  async findDomain(instanceId: string, options?: CallOptions): Promise<DomainRef | undefined> {
    try {
      return (await this.call(P.domain.lookupByUuid, { uuid: instanceId }, options)).dom;
    } catch (error) {
      if (hasCode(error, VIR_ERR.NO_DOMAIN)) return undefined;
      throw error;
    }
  }

  /** Opening a connection heeds no signal, since others may wait for it too; the guard's caller does not wait with them. */
  private async whileGuarded<T>(call: Promise<T>): Promise<T> {
    if (this.guard === undefined) return call;
    const { signal } = this.guard;
    const over = Promise.withResolvers<never>();
    const leave = (): void => over.reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    call.catch(() => undefined);
    try {
      return await Promise.race([call, over.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  private async limit(options: CallOptions, long: boolean) {
    const { guard } = this;
    if (guard === undefined) return options;
    const leftMs = await guard.admit();
    const signals = options.signal === undefined ? [guard.signal] : [guard.signal, options.signal];
    const deadlineMs = long ? options.deadlineMs : Math.min(options.deadlineMs ?? leftMs, leftMs);
    return {
      signal: AbortSignal.any(signals),
      beforeSend: () => void guard.insist(),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    };
  }

  async requireDomain(instanceId: string, options?: CallOptions): Promise<DomainRef> {
    const dom = await this.findDomain(instanceId, options);
    if (dom === undefined)
      throw new AppError('not_found', `Host ${this.host} runs no machine ${instanceId}.`);
    return dom;
  }
}
