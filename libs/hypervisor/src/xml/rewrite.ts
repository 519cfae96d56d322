import { AppError } from '@diecast/model';
import type { MachineDefinition } from '../port.js';
import { METADATA_PREFIX, METADATA_URI, identityElement } from './domain.js';
import type { Element } from './element.js';
import { at, childrenOf, parseTree, remove, setText, writeTree, type Tree } from './tree.js';

const toTree = (element: Element): Tree => ({
  name: element.name,
  attributes: Object.fromEntries(
    Object.entries(element.attributes).map(([key, value]) => [key, String(value)]),
  ),
  children: [],
});

/**
 * The description of a saved machine made that of another: name, UUID, our metadata, disk and network card. Everything that
 * the saved memory depends on (devices, their addresses, CPU, firmware) stays as it is.
 */
export function rewriteForRestore(savedXml: string, definition: MachineDefinition): string {
  const saved = parseTree(savedXml);
  const domain = saved.name === 'domain' ? saved : at(saved, 'domain');
  if (domain === undefined)
    throw new AppError('hypervisor_failed', 'The memory file holds no description of a machine.');
  setText(domain, 'name', definition.name);
  setText(domain, 'uuid', definition.identity.instanceId);
  remove(domain, 'seclabel');
  // Named by libvirt after the domain's id and directory; it makes new ones.
  for (const channel of childrenOf(at(domain, 'devices'), 'channel')) {
    remove(channel, 'source');
  }
  remove(domain, 'metadata');
  const identity = toTree(identityElement(definition.identity));
  domain.children.push({
    name: 'metadata',
    attributes: {},
    children: [
      {
        ...identity,
        name: `${METADATA_PREFIX}:${identity.name}`,
        attributes: { [`xmlns:${METADATA_PREFIX}`]: METADATA_URI, ...identity.attributes },
      },
    ],
  });
  const systemUuid = childrenOf(at(domain, 'sysinfo', 'system'), 'entry').find(
    (entry) => entry.attributes['name'] === 'uuid',
  );
  // libvirt requires it to be the domain's; the guest has read its own at boot and does not see it change.
  if (systemUuid !== undefined) systemUuid.children = [definition.identity.instanceId];
  rewriteDisk(domain, definition);
  rewriteSeed(domain, definition);
  rewriteNic(domain, definition);
  return writeTree(saved);
}

function rewriteDisk(domain: Tree, definition: MachineDefinition): void {
  const disk = childrenOf(at(domain, 'devices'), 'disk').find((each) => each.attributes['device'] === 'disk');
  if (disk === undefined) throw new AppError('hypervisor_failed', 'The saved machine has no disk.');
  remove(disk, 'source');
  remove(disk, 'backingStore');
  disk.children.push({ name: 'source', attributes: { file: definition.disk.path }, children: [] });
  let under = disk;
  for (const layer of definition.disk.chain) {
    const next: Tree = {
      name: 'backingStore',
      attributes: { type: 'file' },
      children: [
        { name: 'format', attributes: { type: layer.format }, children: [] },
        { name: 'source', attributes: { file: layer.path }, children: [] },
      ],
    };
    under.children.push(next);
    under = next;
  }
  under.children.push({ name: 'backingStore', attributes: {}, children: [] });
}

/** Its own in place of its origin's, which may be gone. */
function rewriteSeed(domain: Tree, { seedPath }: MachineDefinition): void {
  const disks = childrenOf(at(domain, 'devices'), 'disk');
  const source = at(
    disks.find((each) => each.attributes['device'] === 'cdrom'),
    'source',
  );
  if (source !== undefined && seedPath !== null) source.attributes['file'] = seedPath;
}

function rewriteNic(domain: Tree, definition: MachineDefinition): void {
  const nic = childrenOf(at(domain, 'devices'), 'interface')[0];
  if (nic === undefined) return;
  remove(nic, 'link');
  remove(nic, 'mac');
  // Named after the tap of the machine that was saved.
  remove(nic, 'target');
  nic.children.push(
    { name: 'mac', attributes: { address: definition.mac }, children: [] },
    { name: 'link', attributes: { state: 'down' }, children: [] },
  );
}
