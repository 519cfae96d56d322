/** Percent-encoding and query strings as libxml2 and libvirt read and write them; a byte is a character here ('latin1'). */
export type Parameter = { readonly name: string; readonly value: string };

const decodeBytes = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));

/** The text behind the escapes, which spell UTF-8. */
export const decodeText = (text: string): string => Buffer.from(decodeBytes(text), 'latin1').toString('utf8');

const encodeAllBut =
  (plain: RegExp) =>
  (bytes: string): string =>
    bytes.replace(/[^]/g, (character) =>
      plain.test(character)
        ? character
        : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );

/** A path, decoded and written anew: two spellings of the same path have one name. */
export const encodePath = (path: string): string =>
  encodeAllBut(/[A-Za-z0-9\-_.~!'()*;@&=+$,/]/)(decodeBytes(path));

export const encodeValue = encodeAllBut(/[A-Za-z0-9\-_.~]/);

/**
 * `a=1&b=2`, or `a=1;b=2` when no & follows. A word without = has the value ''; `=value` is nobody's. Unlike in a web form a
 * plus is a plus.
 */
export function readParameters(query: string): readonly Parameter[] {
  const parameters: Parameter[] = [];
  for (let rest = query; rest !== '';) {
    const separator = rest.includes('&') ? '&' : ';';
    const [section = ''] = rest.split(separator, 1);
    rest = rest.slice(section.length + 1);
    const [name = '', ...values] = section.split('=');
    if (name !== '') parameters.push({ name: decodeBytes(name), value: decodeBytes(values.join('=')) });
  }
  return parameters;
}
