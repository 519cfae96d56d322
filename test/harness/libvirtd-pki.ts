import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureAuthority } from '../../apps/lab/src/pki.js';
import { run } from '../../apps/lab/src/run.js';

export type CertificateRequest = {
  readonly name: string;
  /** `DNS:…` and `IP:…`. */
  readonly alternativeNames?: readonly string[];
  /** Days from now, or before now. */
  readonly days?: number;
  readonly usage?: 'serverAuth' | 'clientAuth';
};

export type Certificate = { readonly cert: string; readonly key: string };

/** A certificate authority of the test, with elliptic curves as the lab's. */
export type Authority = {
  readonly ca: string;
  issue(request: CertificateRequest): Promise<Certificate>;
  /** A revocation list with this one certificate. */
  revoke(certificate: Certificate): Promise<string>;
};

export async function makeAuthority(dir: string): Promise<Authority> {
  await ensureAuthority(dir);
  const [ca, caKey] = [join(dir, 'ca.pem'), join(dir, 'ca-key.pem')];
  let issued = 0;
  return {
    ca,
    async issue({ name, alternativeNames = [], days = 30, usage = 'clientAuth' }) {
      issued += 1;
      const file = (ending: string): string => join(dir, `${issued}.${ending}`);
      const [key, request, cert, extensions] = [file('key'), file('csr'), file('pem'), file('ext')];
      await run('openssl', [
        ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
        ...['-subj', `/CN=${name}`, '-keyout', key, '-out', request],
      ]);
      const names = [`DNS:${name}`, ...alternativeNames].join(',');
      await writeFile(
        extensions,
        `subjectAltName=${names}\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=${usage}\n`,
      );
      await run('openssl', [
        ...['x509', '-req', '-in', request, '-CA', ca, '-CAkey', caKey, '-CAcreateserial'],
        ...['-days', String(days), '-extfile', extensions, '-out', cert],
      ]);
      await Promise.all([rm(request), rm(extensions)]);
      return { cert, key };
    },
    async revoke({ cert }) {
      const [config, database, list] = ['crl.cnf', 'crl.db', 'crl.pem'].map((name) => join(dir, name)) as [
        string,
        string,
        string,
      ];
      await writeFile(database, '');
      await writeFile(
        config,
        `[ca]\ndefault_ca=test\n[test]\ndatabase=${database}\ndefault_md=sha256\ndefault_crl_days=30\n`,
      );
      const signer = ['ca', '-config', config, '-cert', ca, '-keyfile', caKey];
      await run('openssl', [...signer, '-revoke', cert]);
      await run('openssl', [...signer, '-gencrl', '-out', list]);
      return list;
    },
  };
}

/** A folder for `?pkipath=`; what is not given is not there. */
export async function makePkiFolder(
  folder: string,
  files: { readonly ca?: string; readonly crl?: string; readonly certificate?: Certificate },
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const copies: readonly (readonly [string | undefined, string])[] = [
    [files.ca, 'cacert.pem'],
    [files.crl, 'cacrl.pem'],
    [files.certificate?.cert, 'clientcert.pem'],
    [files.certificate?.key, 'clientkey.pem'],
  ];
  for (const [from, to] of copies) if (from !== undefined) await copyFile(from, join(folder, to));
  return folder;
}
