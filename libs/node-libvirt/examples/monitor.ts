import type { DomainRef, Libvirt } from '@diecast/node-libvirt';

/** What QEMU itself answers, past libvirt. The domain counts as tampered with from then on. */
export async function isRunning(host: Libvirt, dom: DomainRef): Promise<boolean> {
  const cmd = JSON.stringify({ execute: 'query-status' });
  const { result } = await host.qemu.domainMonitorCommand({ dom, cmd });
  const answer = JSON.parse(result) as { readonly return?: { readonly running: boolean } };
  return answer.return?.running === true;
}

/** QEMU's own events of one domain, as they come. */
export async function watch(
  host: Libvirt,
  dom: DomainRef,
  signal: AbortSignal,
  onEvent: (name: string, atMs: number) => void,
): Promise<void> {
  for await (const event of host.monitorEvents({ dom }, signal))
    if (event.type === 'monitor') onEvent(event.event, event.atMs);
}
