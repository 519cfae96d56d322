import { LibvirtError, LibvirtTimeoutError, LibvirtTransportError, VIR_ERR } from '@diecast/node-libvirt';
import type { DomainRef, Libvirt } from '@diecast/node-libvirt';

/** Starts a domain, and says in a word what became of that. */
export async function tryToStart(host: Libvirt, dom: DomainRef, signal: AbortSignal): Promise<string> {
  try {
    await host.domain.create({ dom }, { deadlineMs: 60_000, signal });
    return 'started';
  } catch (error) {
    if (error instanceof LibvirtError) return error.code === VIR_ERR.NO_DOMAIN ? 'unknown' : 'refused';
    if (error instanceof LibvirtTimeoutError) return 'no answer'; // It may start yet.
    if (error instanceof LibvirtTransportError) return error.failure; // unreachable, refused, closed, protocol
    throw error; // the signal's reason
  }
}
