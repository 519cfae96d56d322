import { text } from 'node:stream/consumers';
import type { DomainRef, Libvirt } from '@diecast/node-libvirt';

/** Types a line at the console of a domain, and reads what it says until the signal aborts. */
export async function typeAtConsole(
  host: Libvirt,
  dom: DomainRef,
  line: string,
  signal: AbortSignal,
): Promise<string> {
  const console = await host.domain.openConsole({ dom });
  signal.addEventListener('abort', () => console.end(), { once: true });
  console.write(`${line}\r`);
  return text(console);
}

/** A picture of the domain's first screen. */
export async function takePicture(host: Libvirt, dom: DomainRef): Promise<{ mime: string; picture: Buffer }> {
  const stream = await host.domain.screenshot({ dom, screen: 0 });
  const picture = Buffer.concat(await stream.toArray());
  return { mime: stream.result.mime ?? 'image/x-portable-pixmap', picture };
}
