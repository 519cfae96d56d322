import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.js';

/** Days that the lab's certificates are good for; a lab is younger. */
const DAYS = '30';

/** One authority per lab, made at the first `up`. */
export async function ensureAuthority(dir: string): Promise<void> {
  if (existsSync(join(dir, 'ca.pem'))) return;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', DAYS],
    ...['-subj', '/CN=Diecast lab CA', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ...['-keyout', join(dir, 'ca-key.pem'), '-out', join(dir, 'ca.pem')],
  ]);
}

/** A key and a certificate that is good as server and as client, for a name and an address. */
async function issue(
  dir: string,
  name: string,
  address: string | null,
): Promise<{ readonly key: string; readonly cert: string }> {
  const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((ending) =>
    join(dir, `${name}.${ending}`),
  ) as [string, string, string, string];
  if (existsSync(cert)) return { key, cert };
  await run('openssl', [
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    key,
    '-out',
    request,
  ]);
  const names = [`DNS:${name}`, ...(address === null ? [] : [`IP:${address}`])].join(',');
  await writeFile(
    extensions,
    `subjectAltName=${names}\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n`,
  );
  await run('openssl', [
    ...[
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      join(dir, 'ca.pem'),
      '-CAkey',
      join(dir, 'ca-key.pem'),
      '-CAcreateserial',
    ],
    ...['-days', DAYS, '-extfile', extensions, '-out', cert],
  ]);
  await Promise.all([rm(request), rm(extensions)]);
  return { key, cert };
}

/** What Diecast's workers show to the hosts: a folder for libvirt's `?pkipath=`. */
export async function issueClient(dir: string): Promise<string> {
  const folder = join(dir, 'client');
  await mkdir(folder, { recursive: true });
  const { key, cert } = await issue(dir, 'orchestrator', null);
  await copyFile(join(dir, 'ca.pem'), join(folder, 'cacert.pem'));
  await copyFile(cert, join(folder, 'clientcert.pem'));
  await copyFile(key, join(folder, 'clientkey.pem'));
  return folder;
}

/** libvirt's and QEMU's certificates at the places where both look for them, under the host's /etc. */
export async function issueHost(dir: string, etc: string, name: string, address: string): Promise<void> {
  const { key, cert } = await issue(dir, name, address);
  const ca = join(dir, 'ca.pem');
  const pki = join(etc, 'pki');
  for (const folder of ['CA', 'libvirt/private', 'qemu']) await mkdir(join(pki, folder), { recursive: true });
  const copies: readonly (readonly [string, string])[] = [
    [ca, 'CA/cacert.pem'],
    [cert, 'libvirt/servercert.pem'],
    [cert, 'libvirt/clientcert.pem'],
    [key, 'libvirt/private/serverkey.pem'],
    [key, 'libvirt/private/clientkey.pem'],
    [ca, 'qemu/ca-cert.pem'],
    [cert, 'qemu/server-cert.pem'],
    [cert, 'qemu/client-cert.pem'],
    [key, 'qemu/server-key.pem'],
    [key, 'qemu/client-key.pem'],
  ];
  for (const [from, to] of copies) await copyFile(from, join(pki, to));
  // QEMU runs unprivileged and must read its key; the folder is only seen inside the host's own mount namespace.
  for (const file of ['server-key.pem', 'client-key.pem']) await chmod(join(pki, 'qemu', file), 0o644);
}
