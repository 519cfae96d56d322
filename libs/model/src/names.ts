/** RFC 1123 label: safe in XML, paths, HAProxy, DNS and URLs alike. */
export const NAME_PATTERN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
export const NAME_RULE = '1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit';
export const isName = (text: string): boolean => NAME_PATTERN.test(text);

/** `sha256:` and 64 lower-case hex digits. */
export const DIGEST_PATTERN = /^sha256:[0-9a-f]{64}$/;
export type Digest = `sha256:${string}`;
export const isDigest = (text: string): text is Digest => DIGEST_PATTERN.test(text);
export const digestHex = (digest: Digest): string => digest.slice('sha256:'.length);
