import { describe, expect, it } from '@jest/globals';
import { chooseFirmware } from './firmware.js';

const capabilities = (...loaders: readonly string[]): string =>
  `<domainCapabilities><os supported='yes'><loader supported='yes'>${loaders
    .map((path) => `<value>${path}</value>`)
    .join('')}</loader></os></domainCapabilities>`;

describe('the UEFI firmware of a host', () => {
  it('is the one that demands neither keys nor System Management Mode', () => {
    const folder = '/usr/share/OVMF';
    const debian = ['OVMF_CODE_4M.ms.fd', 'OVMF_CODE_4M.secboot.fd', 'OVMF_CODE.fd', 'OVMF_CODE_4M.fd'];
    expect(chooseFirmware(capabilities(...debian.map((name) => `${folder}/${name}`)))).toBe(
      `${folder}/OVMF_CODE_4M.fd`,
    );
    const fedora = ['/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd', '/usr/share/edk2/ovmf/OVMF_CODE.fd'];
    expect(chooseFirmware(capabilities(...fedora))).toBe('/usr/share/edk2/ovmf/OVMF_CODE.fd');
  });

  it('is none when there are only others, or none at all', () => {
    expect(chooseFirmware(capabilities('/usr/share/OVMF/OVMF_CODE_4M.secboot.fd'))).toBeUndefined();
    expect(chooseFirmware(capabilities('/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2'))).toBeUndefined();
    expect(chooseFirmware(capabilities())).toBeUndefined();
  });
});
