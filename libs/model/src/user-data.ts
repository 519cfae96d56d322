import type { FieldError } from './errors.js';
import type { UserDataSpec } from './service.js';

/** Credentials whose names begin so are Diecast's own: who the machine is, and where. */
export const OWN_CREDENTIALS = 'diecast.';

/** Names as systemd takes them (systemd.exec(5)), and without a character that QEMU, SMBIOS or a shell would see a meaning in. */
const CREDENTIAL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** SMBIOS counts a machine's strings in one byte; a few of them are ours. */
const MOST_CREDENTIALS = 240;

/** Bytes of all strings together. QEMU refuses SMBIOS tables beyond 65 535 bytes, and every CPU has some in them too. */
const MOST_CREDENTIAL_BYTES = 48 * 1024;

const utf8 = new TextEncoder();
const bytesOf = (text: string): number => utf8.encode(text).length;

/** At most: in base64, and with the words around it. */
const smbiosBytes = (name: string, text: string): number =>
  'io.systemd.credential.binary:='.length + name.length + 4 * Math.ceil(bytesOf(text) / 3);

function credentialProblems(credentials: Readonly<Record<string, string>>): readonly FieldError[] {
  const path = 'userData.credentials';
  const entries = Object.entries(credentials);
  const problems = entries.flatMap(([name]): FieldError[] => {
    if (name.startsWith(OWN_CREDENTIALS))
      return [{ path, message: `"${name}" is Diecast's own; choose a name without "${OWN_CREDENTIALS}"` }];
    if (!CREDENTIAL_NAME.test(name))
      return [
        { path, message: `"${name}" is no name of a credential: 1 to 128 letters, digits, ".", "_" and "-"` },
      ];
    return [];
  });
  if (entries.length > MOST_CREDENTIALS)
    problems.push({ path, message: `are ${entries.length}; a machine can be given ${MOST_CREDENTIALS}` });
  const bytes = entries.reduce((sum, [name, text]) => sum + smbiosBytes(name, text), 0);
  if (bytes > MOST_CREDENTIAL_BYTES) {
    const message = `take ${bytes} bytes in base64; SMBIOS has room for ${MOST_CREDENTIAL_BYTES}: use cloudInit for more`;
    problems.push({ path, message });
  }
  return problems;
}

/** Whether lines that stand before this text would be part of the same YAML mapping. */
const isBlockMapping = (yaml: string): boolean => !/^\s*[[{]|^(?:---|\.\.\.|%)/m.test(yaml);

/** What no machine could be given, or none could read. */
export function userDataProblems({ cloudInit, credentials = {} }: UserDataSpec): readonly FieldError[] {
  const metaData = cloudInit?.metaData;
  if (metaData === undefined || isBlockMapping(metaData)) return credentialProblems(credentials);
  const message =
    'must be lines such as "role: web": they follow the machine\'s own instance-id and host name';
  return [...credentialProblems(credentials), { path: 'userData.cloudInit.metaData', message }];
}
