import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MachineDefinition } from '../port.js';
import { domainXml } from './domain.js';
import { at, childrenOf, parseTree, textOf, type Tree } from './tree.js';

const definition: MachineDefinition = {
  identity: {
    instanceId: '01890000-0000-7000-8000-0000aabbccdd',
    service: 'web',
    iteration: 3,
    imageDigest: `sha256:${'0'.repeat(64)}`,
    generation: 1,
  },
  name: 'diecast-web-3-aabbccdd',
  accelerator: 'tcg',
  machine: { vcpus: 1, memoryMiB: 128, firmware: 'bios', cpu: 'portable' },
  cpuXml: null,
  network: { kind: 'bridge', name: 'br0', addressing: { mode: 'dhcp' } },
  mac: '52:54:00:bb:cc:dd',
  sandbox: { profile: 'default' },
  disk: { path: '/pool/layer', chain: [{ path: '/pool/blob', format: 'raw' }] },
  boot: null,
  seedPath: null,
  credentials: {},
};
const xmlOf = (change: Partial<MachineDefinition>, firmware: string | null = null): Tree =>
  parseTree(domainXml({ ...definition, ...change }, firmware));

/** What systemd would make of the machine's SMBIOS strings. */
function credentialsOf(domain: Tree): Readonly<Record<string, string>> {
  const entries = childrenOf(at(domain, 'sysinfo', 'oemStrings'), 'entry').map(
    (entry) => textOf(entry) ?? '',
  );
  return Object.fromEntries(
    entries.map((entry) => {
      const [, binary, name = '', text = ''] =
        /^io\.systemd\.credential(\.binary)?:([^=]+)=([^]*)$/.exec(entry) ?? [];
      return [name, binary === undefined ? text : Buffer.from(text, 'base64').toString()];
    }),
  );
}

describe('the description of a machine', () => {
  it('carries a credential of any text as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(credentialsOf(xmlOf({ credentials: { 'app.token': text } }))).toEqual({ 'app.token': text });
      }),
    );
    for (const text of [' blanks ', 'a,b="c"', '<&>', 'two\nlines', '\0', ''])
      expect(credentialsOf(xmlOf({ credentials: { token: text } }))).toEqual({ token: text });
  });

  it('cannot be broken out of by the name of a CPU model', () => {
    const cpu = "qemu64</model><feature name='x'/><model>";
    const found = at(xmlOf({ machine: { ...definition.machine, cpu } }), 'cpu');
    expect(found?.children).toHaveLength(1);
    expect(textOf(at(found, 'model'))).toBe(cpu);
  });

  it('has the CPU of the pool, that of its host, the model that was asked for, or QEMU’s own', () => {
    const cpuXml = "<cpu mode='custom' match='exact'><model fallback='forbid'>EPYC</model></cpu>";
    expect(textOf(at(xmlOf({ cpuXml }), 'cpu', 'model'))).toBe('EPYC');
    const asking = (cpu: string): Tree | undefined =>
      at(xmlOf({ machine: { ...definition.machine, cpu } }), 'cpu');
    expect(asking('host-model')?.attributes['mode']).toBe('host-model');
    expect(textOf(at(asking('Haswell'), 'model'))).toBe('Haswell');
    expect(asking('portable')).toBeUndefined();
  });

  it('has its seed on a CD that nobody writes to, and firmware without variables', () => {
    const seeded = xmlOf({ seedPath: '/pool/seed.iso' }, '/usr/share/OVMF/OVMF_CODE_4M.fd');
    const cd = childrenOf(at(seeded, 'devices'), 'disk').find(
      (disk) => disk.attributes['device'] === 'cdrom',
    );
    expect(at(cd, 'source')?.attributes['file']).toBe('/pool/seed.iso');
    expect(at(cd, 'readonly')).toBeDefined();
    expect(at(seeded, 'os', 'loader')?.attributes).toEqual({
      readonly: 'yes',
      type: 'pflash',
      stateless: 'yes',
    });
    const plain = xmlOf({});
    expect(childrenOf(at(plain, 'devices'), 'disk')).toHaveLength(1);
    expect(at(plain, 'os', 'loader')).toBeUndefined();
  });
});
