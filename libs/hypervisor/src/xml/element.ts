/** A small typed XML builder: what comes out is well-formed whatever goes in. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
export type Node = Element | string | number | null | undefined | readonly Node[];
export type Element = {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: readonly Node[];
};

/** `true` and `false` become libvirt's `yes` and `no`; undefined attributes and null children are left out. */
export const el = (name: string, attributes: Attributes = {}, ...children: readonly Node[]): Element => ({
  name,
  attributes,
  children,
});

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** Control characters that XML 1.0 has no way to say (section 2.2). */
// oxlint-disable-next-line no-control-regex
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** @throws TypeError for a character that XML cannot carry */
export function escapeXml(text: string): string {
  if (IMPOSSIBLE.test(text))
    throw new TypeError(`${JSON.stringify(text)} has a character that XML cannot carry`);
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

const attribute = (value: string | number | boolean): string =>
  value === true ? 'yes' : value === false ? 'no' : escapeXml(String(value));

export function render(node: Node): string {
  if (node === null || node === undefined) return '';
  if (typeof node === 'string' || typeof node === 'number') return escapeXml(String(node));
  if (isList(node)) return node.map(render).join('');
  const attributes = Object.entries(node.attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${attribute(value)}"`))
    .join('');
  const inside = render(node.children);
  return inside === ''
    ? `<${node.name}${attributes}/>`
    : `<${node.name}${attributes}>${inside}</${node.name}>`;
}

const isList = (node: Element | readonly Node[]): node is readonly Node[] => Array.isArray(node);
