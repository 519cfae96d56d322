import type { Instance, IterationSpec } from '@diecast/model';

type Seeded = Pick<Instance, 'id' | 'service' | 'address' | 'mac'>;

/** One label of a host name (RFC 1123), readable and the machine's own. */
const hostNameOf = ({ service, id }: Seeded): string =>
  `${service.slice(0, 54).replace(/-+$/, '')}-${id.slice(-8)}`;

/** cloud-init's network configuration, version 2; undefined when the machine asks DHCP, as cloud-init does by itself. */
function networkConfig(
  { address, mac }: Seeded,
  { addressing }: IterationSpec['network'],
): string | undefined {
  if (addressing.mode !== 'static' || address === null) return undefined;
  const { prefix, gateway } = addressing;
  const nic = {
    match: { macaddress: mac },
    addresses: [`${address}/${prefix}`],
    ...(gateway === null ? {} : { routes: [{ to: '0.0.0.0/0', via: gateway }] }),
  };
  // JSON is YAML.
  return `${JSON.stringify({ version: 2, ethernets: { nic0: nic } }, null, 2)}\n`;
}

/**
 * The files of a machine's NoCloud seed, by name
 * (https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html); null when it is declared without one.
 */
export function seedFiles(
  instance: Seeded,
  { userData, network }: Pick<IterationSpec, 'userData' | 'network'>,
): Readonly<Record<string, string>> | null {
  const { cloudInit } = userData;
  if (cloudInit === undefined) return null;
  const own = `instance-id: ${instance.id}\nlocal-hostname: ${hostNameOf(instance)}\n`;
  const config = cloudInit.networkConfig ?? networkConfig(instance, network);
  return {
    'user-data': cloudInit.userData,
    'meta-data': `${own}${cloudInit.metaData ?? ''}`,
    ...(config === undefined ? {} : { 'network-config': config }),
  };
}
