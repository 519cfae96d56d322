import type { Libvirt, NwfilterRef } from '@diecast/node-libvirt';

/** A filter that lets nothing in, for `<filterref filter="NAME"/>` in the XML of a card. */
export async function closeDoor(host: Libvirt, name: string): Promise<NwfilterRef> {
  const xml = `<filter name="${name}" chain="root"><rule action="drop" direction="in" priority="500"/></filter>`;
  return (await host.nwfilter.defineXml({ xml })).nwfilter;
}
