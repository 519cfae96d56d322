import type { HostFacts } from '@diecast/model';
import { P } from '@diecast/node-libvirt';
import type { CallOptions } from '../port.js';
import { at, childrenOf, parseTree, textOf, writeTree, type Tree } from '../xml/tree.js';
import type { PoolFiles } from './files.js';
import { platformOf, POOL, type Link } from './link.js';
import { probeAccelerator } from './probe.js';

/** libvirt packs versions as major * 1 000 000 + minor * 1000 + release. */
export function versionText(packed: bigint): string {
  const number = Number(packed);
  return [Math.floor(number / 1_000_000), Math.floor(number / 1000) % 1000, number % 1000].join('.');
}

/** The host-model CPU of domain capabilities as a <cpu> that compares and boots. */
function cpuOf(capabilities: Tree): string {
  const modes = childrenOf(at(capabilities, 'cpu'), 'mode');
  const model = modes.find((mode) => mode.attributes['name'] === 'host-model');
  if (model === undefined) return '';
  return writeTree({
    name: 'cpu',
    attributes: { mode: 'custom', match: 'exact' },
    children: model.children,
  });
}

const virtTypes = (capabilities: Tree): readonly string[] =>
  childrenOf(capabilities, 'guest')
    .flatMap((guest) => childrenOf(at(guest, 'arch'), 'domain'))
    .map((domain) => domain.attributes['type'] ?? '');

/** A full look at the host; up to half a minute, because guests are booted. */
export async function readFacts(link: Link, files: PoolFiles, options: CallOptions): Promise<HostFacts> {
  await files.ensurePool(options);
  const [hostname, libvirt, qemu, node, capabilitiesXml, pool] = await Promise.all([
    link.call(P.connect.getHostname, {}, options),
    link.call(P.connect.getLibVersion, {}, options),
    link.call(P.connect.getVersion, {}, options),
    link.call(P.node.getInfo, {}, options),
    link.call(P.connect.getCapabilities, {}, options),
    files.readPool(options),
  ]);
  const capabilities = parseTree(capabilitiesXml.capabilities);
  const host = at(capabilities, 'host');
  const offered = virtTypes(capabilities).includes('kvm');
  const probe = await probeAccelerator(link, files, offered, options);
  const { capabilities: domainCapabilities } = await link.call(
    P.connect.getDomainCapabilities,
    platformOf(probe.accelerator),
    options,
  );
  return {
    hostname: hostname.hostname,
    hostUuid: textOf(at(host, 'uuid')) ?? '',
    libvirtVersion: versionText(libvirt.libVer),
    qemuVersion: versionText(qemu.hvVer),
    architecture: textOf(at(host, 'cpu', 'arch')) ?? node.model,
    cpuModel: textOf(at(host, 'cpu', 'model')) ?? node.model,
    cpuXml: cpuOf(parseTree(domainCapabilities)),
    cpus: node.cpus,
    memoryBytes: Number(node.memory) * 1024,
    accelerator: probe.accelerator,
    acceleratorReason: probe.reason,
    securityModels: childrenOf(host, 'secmodel').flatMap((model) => textOf(at(model, 'model')) ?? []),
    pool: { ...POOL, ...pool },
  };
}
