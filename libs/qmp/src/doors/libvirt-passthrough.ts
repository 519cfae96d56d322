import type { DomainRef, Libvirt, MonitorEvent } from '@diecast/node-libvirt';
import type { MonitorPassthrough, PassthroughEvent } from './passthrough.js';

/**
 * The monitor of a domain of libvirt (virDomainQemuMonitorCommand, virConnectDomainQemuMonitorEventRegister). libvirt marks the
 * domain as tainted by it, and does not learn what a command changes behind its back. A subscription to events outlives the
 * domain: that it is gone libvirt tells by an event of its own.
 */
export function libvirtPassthrough(
  libvirt: Pick<Libvirt, 'qemu' | 'monitorEvents'>,
  dom: DomainRef,
): MonitorPassthrough {
  return {
    async command(cmd, options) {
      const { result } = await libvirt.qemu.domainMonitorCommand({ dom, cmd }, options);
      return result;
    },
    async events(signal) {
      const events = libvirt.monitorEvents({ dom }, signal);
      const first = await events.next();
      if (first.done !== true && first.value.type === 'disconnected') {
        await events.return(undefined);
        throw first.value.error;
      }
      return withoutGap(events);
    },
  };
}

/** The events of one subscription: node-libvirt goes on after a gap, and our readers are to look again. */
async function* withoutGap(events: ReturnType<Libvirt['monitorEvents']>): AsyncGenerator<PassthroughEvent> {
  for await (const event of events) {
    if (event.type === 'disconnected') throw event.error;
    if (event.type === 'monitor') yield passthroughEvent(event);
  }
}

function passthroughEvent({ event, atMs, details }: MonitorEvent): PassthroughEvent {
  if (atMs < 0) return { event, seconds: -1, micros: -1, details };
  // A double holds milliseconds since 1970 to less than a microsecond, so nothing is lost on the way.
  const micros = Math.round(atMs * 1000);
  const seconds = Math.floor(micros / 1_000_000);
  return { event, seconds, micros: micros - seconds * 1_000_000, details };
}
