import { AppError, type Accelerator } from '@diecast/model';
import { P } from '@diecast/node-libvirt';
import type { CallOptions } from '../port.js';
import { at, childrenOf, parseTree, textOf } from '../xml/tree.js';
import { platformOf, type Link } from './link.js';

/** Builds that demand System Management Mode, or keys that are enrolled in variables. */
const DEMANDING = /secboot|secure|\.ms\.|snakeoil/;

/**
 * The UEFI firmware, of those that domain capabilities name, that runs on any machine and without variables. Names are those
 * of Debian, Fedora and their kin (OVMF_CODE_4M.fd, OVMF_CODE.fd): capabilities say no more of them.
 */
export function chooseFirmware(capabilitiesXml: string): string | undefined {
  const values = childrenOf(at(parseTree(capabilitiesXml), 'os', 'loader'), 'value');
  const plain = values
    .map((value) => textOf(value) ?? '')
    .filter((path) => path.endsWith('.fd') && !DEMANDING.test(path.slice(path.lastIndexOf('/') + 1)));
  return plain.find((path) => path.includes('4M')) ?? plain[0];
}

/** @throws AppError `unsupported` when the host has none */
export async function findFirmware(
  link: Link,
  accelerator: Accelerator,
  options?: CallOptions,
): Promise<string> {
  const { capabilities } = await link.call(P.connect.getDomainCapabilities, platformOf(accelerator), options);
  const found = chooseFirmware(capabilities);
  if (found !== undefined) return found;
  const message = `Host ${link.host} has no UEFI firmware that runs without Secure Boot; install OVMF (package "ovmf").`;
  throw new AppError('unsupported', message);
}
