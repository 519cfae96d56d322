import { LIFECYCLE, LIST_DOMAINS, type Libvirt } from '@diecast/node-libvirt';

/** Knows the names of the domains that run, for as long as the signal lets it. */
export async function follow(
  host: Libvirt,
  signal: AbortSignal,
  onChange: (running: ReadonlySet<string>) => void,
): Promise<void> {
  const running = new Set<string>();
  for await (const event of host.events(['lifecycle'], signal)) {
    if (event.type === 'disconnected') continue; // It connects again by itself, and then there is a gap.
    if (event.type !== 'lifecycle') {
      // `connected` or `gap`: from here on nothing is missed. What was before has to be looked up.
      const { domains } = await host.connect.listAllDomains({ flags: LIST_DOMAINS.ACTIVE });
      running.clear();
      for (const { name } of domains) running.add(name);
    } else if (event.event === LIFECYCLE.STARTED) running.add(event.dom.name);
    else if (event.event === LIFECYCLE.STOPPED) running.delete(event.dom.name);
    onChange(running);
  }
}
