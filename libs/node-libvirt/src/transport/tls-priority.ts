import type { SecureVersion } from 'node:tls';
import { LibvirtTransportError } from '../errors.js';

/** The versions of TLS that Node speaks, oldest first. */
const VERSIONS: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1.3'];
/** What GnuTLS starts from: its own default, or the machine's. Node's default is as strict as either. */
const BASES = new Set(['NORMAL', 'SYSTEM', '@SYSTEM', '@LIBVIRT,SYSTEM', 'SECURE128', 'PFS']);

export type VersionRange = { readonly minVersion: SecureVersion; readonly maxVersion: SecureVersion };

/**
 * `tls_priority=` is GnuTLS' language, and this TLS is OpenSSL. Understood: a base and versions taken away or added, e.g.
 * `NORMAL:-VERS-TLS1.3` or `NORMAL:-VERS-ALL:+VERS-TLS1.3` (https://gnutls.org/manual/html_node/Priority-Strings.html). What
 * would weaken or strengthen anything else is refused, not passed over.
 *
 * @throws LibvirtTransportError `refused`
 */
export function readTlsPriority(priority: string | undefined): VersionRange {
  const [base = '', ...changes] = (priority ?? 'NORMAL').split(':');
  const refuse = (why: string): never => {
    throw new LibvirtTransportError('refused', `tls_priority=${priority}: ${why}`);
  };
  if (!BASES.has(base.toUpperCase())) refuse(`"${base}" is none of ${[...BASES].join(', ')}`);
  const spoken = new Set<string>(VERSIONS);
  for (const change of changes) {
    const [, sign, what] =
      /^([-!+])VERS-((?:TLS|SSL)\d\.\d|ALL|TLS-ALL)$/i.exec(change) ??
      refuse(`only versions can be changed (-VERS-TLS1.2, +VERS-TLS1.3, -VERS-ALL), not "${change}"`);
    const versions = /ALL$/i.test(what ?? '') ? VERSIONS : [what?.toUpperCase().replace('TLS', 'TLSv') ?? ''];
    for (const version of versions) {
      if (sign !== '+') spoken.delete(version);
      else if (VERSIONS.some((each) => each === version)) spoken.add(version);
      else refuse(`${what} is too old to be safe`);
    }
  }
  const left = VERSIONS.filter((version) => spoken.has(version));
  const [minVersion, maxVersion] = [left[0], left.at(-1)];
  if (minVersion === undefined || maxVersion === undefined) return refuse('no version of TLS is left');
  return { minVersion, maxVersion };
}
