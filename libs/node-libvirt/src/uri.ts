/** A libvirt connection URI taken apart as libvirt itself reads it (https://libvirt.org/uri.html). */
export type Transport = 'unix' | 'tcp' | 'tls' | 'ssh';
export type LibvirtUri = {
  readonly driver: string;
  readonly transport: Transport;
  readonly host: string | null;
  readonly port: number | null;
  readonly user: string | null;
  /** The URI by which the daemon itself opens the hypervisor, e.g. `qemu:///system`. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
};

const TRANSPORTS: readonly string[] = ['unix', 'tcp', 'tls', 'ssh'];
const isTransport = (word: string): word is Transport => TRANSPORTS.includes(word);

/** @throws TypeError with a sentence that says what is wrong */
export function parseLibvirtUri(text: string): LibvirtUri {
  const match = /^([a-z]+)(?:\+([a-z0-9]+))?:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/.exec(text);
  if (match === null) throw new TypeError(`"${text}" is not a libvirt URI such as qemu+tls://host/system`);
  const [, driver = '', word, authority = '', path = '', query = ''] = match;
  const parameters = Object.fromEntries(new URLSearchParams(query));
  const at = /^(?:([^@]*)@)?(\[[0-9a-fA-F:]+\]|[^:]*)(?::(\d+))?$/.exec(authority);
  if (at === null) throw new TypeError(`"${authority}" in "${text}" is not a host`);
  const host = at[2] === undefined || at[2] === '' ? null : at[2].replace(/^\[|\]$/g, '');
  const transport = word ?? (host === null ? 'unix' : 'tls');
  if (!isTransport(transport))
    throw new TypeError(`transport "${transport}" in "${text}" is not one of ${TRANSPORTS.join(', ')}`);
  if (transport !== 'unix' && host === null) throw new TypeError(`"${text}" names no host`);
  return {
    driver,
    transport,
    host,
    port: at[3] === undefined ? null : Number(at[3]),
    user: at[1] === undefined ? null : decodeURIComponent(at[1]),
    name: parameters['name'] ?? `${driver}://${path === '' ? '/system' : path}`,
    parameters,
  };
}
