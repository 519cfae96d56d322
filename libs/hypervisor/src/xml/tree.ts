import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/**
 * XML that libvirt wrote, read in order and written back the same, so that what we do not understand survives an edit.
 * Entities are not expanded beyond XML's own five: nothing from a host can make us read or grow something.
 */
export type Tree = {
  readonly name: string;
  attributes: Record<string, string>;
  children: (Tree | string)[];
};

const ATTRIBUTES = ':@';
const TEXT = '#text';
const SHARED = { preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '' } as const;
const parser = new XMLParser({
  ...SHARED,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  processEntities: true,
});
const builder = new XMLBuilder({ ...SHARED, format: false, suppressEmptyNode: true });

type Raw = Readonly<Record<string, unknown>>;

function fromRaw(raw: Raw): Tree | string | undefined {
  const name = Object.keys(raw).find((key) => key !== ATTRIBUTES);
  if (name === undefined || name.startsWith('?')) return undefined;
  if (name === TEXT) return String(raw[TEXT]);
  const children = (raw[name] as readonly Raw[]).map(fromRaw).filter((child) => child !== undefined);
  const attributes = Object.entries((raw[ATTRIBUTES] ?? {}) as Raw).map(([key, value]) => [
    key,
    String(value),
  ]);
  return { name, attributes: Object.fromEntries(attributes) as Record<string, string>, children };
}

const toRaw = (node: Tree | string): Raw =>
  typeof node === 'string'
    ? { [TEXT]: node }
    : { [node.name]: node.children.map(toRaw), [ATTRIBUTES]: node.attributes };

/** @throws TypeError when it is not one XML element */
export function parseTree(xml: string): Tree {
  const roots = (parser.parse(xml) as readonly Raw[]).map(fromRaw).filter((node) => typeof node === 'object');
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new TypeError('the text is not one XML element');
  return root;
}

export const writeTree = (tree: Tree): string => builder.build([toRaw(tree)]);

export const childrenOf = (tree: Tree | undefined, name: string): readonly Tree[] =>
  (tree?.children ?? []).filter((child): child is Tree => typeof child === 'object' && child.name === name);

/** The first element at the end of a path of names. */
export function at(tree: Tree | undefined, ...path: readonly string[]): Tree | undefined {
  let found = tree;
  for (const name of path) found = childrenOf(found, name)[0];
  return found;
}

export const textOf = (tree: Tree | undefined): string | undefined =>
  tree?.children.filter((child) => typeof child === 'string').join('');

/** Removes every child of that name. */
export function remove(tree: Tree, name: string): void {
  tree.children = tree.children.filter((child) => typeof child === 'string' || child.name !== name);
}

export function setText(tree: Tree, name: string, text: string): void {
  const found = at(tree, name);
  if (found === undefined) tree.children.push({ name, attributes: {}, children: [text] });
  else found.children = [text];
}
