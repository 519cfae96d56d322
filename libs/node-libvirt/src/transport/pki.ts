import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LibvirtTransportError } from '../errors.js';
import type { UriOptions } from '../uri.js';
import { errorCode } from './failure.js';

/** Files in PEM. */
export type PkiFiles = {
  readonly ca: string;
  readonly crl: string;
  readonly cert: string;
  readonly key: string;
};

/** What a TLS connection shows and believes. A client without a certificate is refused by most daemons, not by all. */
export type Pki = {
  readonly ca: Buffer;
  readonly crl?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
};

const MACHINE: PkiFiles = {
  ca: '/etc/pki/CA/cacert.pem',
  crl: '/etc/pki/CA/cacrl.pem',
  cert: '/etc/pki/libvirt/clientcert.pem',
  key: '/etc/pki/libvirt/private/clientkey.pem',
};

const inFolder = (folder: string): PkiFiles => ({
  ca: join(folder, 'cacert.pem'),
  crl: join(folder, 'cacrl.pem'),
  cert: join(folder, 'clientcert.pem'),
  key: join(folder, 'clientkey.pem'),
});

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * `pkipath=` alone if given; else for users what lies in ~/.pki/libvirt, each file for itself and certificate and key as a
 * pair; else the machine's.
 */
export async function locatePki(pkipath: string | undefined, home: string | undefined): Promise<PkiFiles> {
  if (pkipath !== undefined) return inFolder(pkipath);
  if (home === undefined) return MACHINE;
  const own = inFolder(join(home, '.pki', 'libvirt'));
  const [ca, crl, cert, key] = await Promise.all([own.ca, own.crl, own.cert, own.key].map(exists));
  const pair = cert === true && key === true ? own : MACHINE;
  return {
    ca: ca === true ? own.ca : MACHINE.ca,
    crl: crl === true ? own.crl : MACHINE.crl,
    cert: pair.cert,
    key: pair.key,
  };
}

const refused = (message: string, cause?: unknown): LibvirtTransportError =>
  new LibvirtTransportError('refused', message, cause);

async function read(path: string, what: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    const why =
      { ENOENT: 'there is no such file', EACCES: 'this user may not read it' }[errorCode(error)] ??
      String(error);
    throw refused(`${what} ${path}: ${why}`, error);
  });
}

async function readIfThere(path: string, what: string): Promise<Buffer | undefined> {
  return (await exists(path)) ? read(path, what) : undefined;
}

/** @throws LibvirtTransportError `refused` that names the file and what is wrong with it */
export async function readPki(options: UriOptions, atMs: number): Promise<Pki> {
  const home = process.geteuid?.() === 0 ? undefined : homedir();
  const files = await locatePki(options.pkipath, home);
  const ca = await read(files.ca, 'the CA certificate');
  const crl = await readIfThere(files.crl, 'the revocation list');
  const cert = await readIfThere(files.cert, 'the client certificate');
  const key = cert === undefined ? undefined : await read(files.key, 'the key of the client certificate');
  if (options.sanity) checkSanity(files, { ca, cert, key }, atMs);
  return {
    ca,
    ...(crl === undefined ? {} : { crl }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}

/** What a daemon would answer with silence, said before. `no_sanity=1` leaves it out. */
function checkSanity(
  files: PkiFiles,
  pki: { readonly ca: Buffer; readonly cert: Buffer | undefined; readonly key: Buffer | undefined },
  atMs: number,
): void {
  checkTimes(parseCertificate(pki.ca, files.ca), files.ca, atMs);
  if (pki.cert === undefined || pki.key === undefined) return;
  const own = parseCertificate(pki.cert, files.cert);
  checkTimes(own, files.cert, atMs);
  if (!own.checkPrivateKey(parseKey(pki.key, files.key)))
    throw refused(`the key ${files.key} does not belong to the certificate ${files.cert}`);
}

function parseCertificate(pem: Buffer, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw refused(`${path} is not a certificate in PEM`, error);
  }
}

function parseKey(pem: Buffer, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw refused(`${path} is not a private key in PEM without a passphrase`, error);
  }
}

function checkTimes(certificate: X509Certificate, path: string, atMs: number): void {
  if (Date.parse(certificate.validTo) < atMs)
    throw refused(`the certificate ${path} expired on ${certificate.validTo}`);
  if (Date.parse(certificate.validFrom) > atMs)
    throw refused(`the certificate ${path} is not valid before ${certificate.validFrom}: is a clock wrong?`);
}
