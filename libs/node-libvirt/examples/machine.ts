import { CPU_BASELINE, CPU_COMPARE, LIST_NODE_DEVICES, type Libvirt } from '@diecast/node-libvirt';

/** The CPU that every one of these hosts can give to a guest. */
export async function commonCpu(hosts: readonly Libvirt[], virttype: string): Promise<string> {
  const capabilities = await Promise.all(
    hosts.map((host) => host.connect.getDomainCapabilities({ virttype })),
  );
  const xmlCpus = capabilities.flatMap(({ capabilities: xml }) => {
    const mode = /<mode name='host-model' supported='yes'>([^]*?)<\/mode>/.exec(xml)?.[1];
    return mode === undefined ? [] : [`<cpu>${mode}</cpu>`];
  });
  const [first] = hosts;
  if (first === undefined) throw new TypeError('of no hosts there is no CPU');
  const flags = CPU_BASELINE.MIGRATABLE;
  return (await first.connect.baselineHypervisorCpu({ virttype, xmlCpus, flags })).cpu;
}

/** Whether a guest with this CPU could run there. */
export async function canRun(host: Libvirt, virttype: string, xmlCpu: string): Promise<boolean> {
  const { result } = await host.connect.compareHypervisorCpu({ virttype, xmlCpu });
  return result === CPU_COMPARE.IDENTICAL || result === CPU_COMPARE.SUPERSET;
}

/** The host's network interfaces, as devices. */
export async function cards(host: Libvirt): Promise<readonly string[]> {
  const { devices } = await host.connect.listAllNodeDevices({ flags: LIST_NODE_DEVICES.CAP_NET });
  return devices.map(({ name }) => name);
}
