import { DOMAIN_STATE } from '@diecast/node-libvirt';
import type { DomainIdentity, DomainState } from '../port.js';
import { METADATA_URI } from './domain.js';
import { at, childrenOf, parseTree, textOf, type Tree } from './tree.js';

export type DomainReading = {
  readonly identity: DomainIdentity | null;
  /** Absolute paths from the active layer down. */
  readonly diskPaths: readonly string[];
};

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function identityOf(tree: Tree): DomainIdentity | null {
  for (const child of at(tree, 'metadata')?.children ?? []) {
    if (typeof child === 'string' || !Object.values(child.attributes).includes(METADATA_URI)) continue;
    const { id, service, iteration, image, generation } = child.attributes;
    if (id === undefined || service === undefined || image === undefined) return null;
    return {
      instanceId: id,
      service,
      iteration: Number(iteration),
      imageDigest: image,
      generation: Number(generation),
    };
  }
  return null;
}

function chainOf(disk: Tree): readonly string[] {
  const paths: string[] = [];
  for (let layer: Tree | undefined = disk; layer !== undefined; layer = at(layer, 'backingStore')) {
    const path = at(layer, 'source')?.attributes['file'];
    if (path !== undefined) paths.push(path);
  }
  return paths;
}

export function readDomain(xml: string): DomainReading {
  const tree = parseTree(xml);
  const disk = childrenOf(at(tree, 'devices'), 'disk').find((each) => each.attributes['device'] === 'disk');
  return { identity: identityOf(tree), diskPaths: disk === undefined ? [] : chainOf(disk) };
}

export const fileNames = (paths: readonly string[]): readonly string[] => paths.map(nameOf);

/** The <cpu> of a description, as XML. */
export function readCpu(xml: string): Tree | undefined {
  return at(parseTree(xml), 'cpu');
}

export const readText = (xml: string, ...path: readonly string[]): string | undefined =>
  textOf(at(parseTree(xml), ...path));

export function domainState(state: number): DomainState {
  switch (state) {
    case DOMAIN_STATE.RUNNING:
    case DOMAIN_STATE.BLOCKED:
      return 'running';
    case DOMAIN_STATE.PAUSED:
      return 'paused';
    case DOMAIN_STATE.SHUTDOWN:
    case DOMAIN_STATE.SHUTOFF:
      return 'shutoff';
    case DOMAIN_STATE.CRASHED:
      return 'crashed';
    default:
      return 'other';
  }
}
