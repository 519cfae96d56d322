import { describe, expect, it } from '@jest/globals';
import type { NetworkSpec } from '@diecast/model';
import { seedFiles } from './seed-files.js';

const instance = {
  id: '01890000-0000-7000-8000-0000aabbccdd',
  service: 'web',
  address: '192.0.2.10',
  mac: '52:54:00:bb:cc:dd',
};
const network: NetworkSpec = {
  kind: 'bridge',
  name: 'br0',
  addressing: {
    mode: 'static',
    rangeStart: '192.0.2.10',
    rangeEnd: '192.0.2.20',
    prefix: 24,
    gateway: '192.0.2.1',
  },
};
const dhcp: NetworkSpec = { ...network, addressing: { mode: 'dhcp' } };
const userData = { cloudInit: { userData: '#cloud-config\nruncmd: [reboot]\n' } };

describe('the files of a NoCloud seed', () => {
  it('are none for a machine without cloud-init', () => {
    expect(seedFiles(instance, { userData: { credentials: { a: 'b' } }, network })).toBeNull();
  });

  it('give the user data as it stands, the machine its name, and the reserved address to the card that it belongs to', () => {
    const files = seedFiles(instance, { userData, network });
    expect(files).toMatchObject({
      'user-data': userData.cloudInit.userData,
      'meta-data': `instance-id: ${instance.id}\nlocal-hostname: web-aabbccdd\n`,
    });
    expect(JSON.parse(files?.['network-config'] ?? '')).toEqual({
      version: 2,
      ethernets: {
        nic0: {
          match: { macaddress: instance.mac },
          addresses: ['192.0.2.10/24'],
          routes: [{ to: '0.0.0.0/0', via: '192.0.2.1' }],
        },
      },
    });
  });

  it('leave the network to cloud-init when the machine asks DHCP, and to the user who says how it is', () => {
    expect(seedFiles(instance, { userData, network: dhcp })).not.toHaveProperty('network-config');
    const said = {
      cloudInit: { ...userData.cloudInit, networkConfig: 'version: 1\n', metaData: 'role: web\n' },
    };
    const files = seedFiles(instance, { userData: said, network });
    expect(files?.['network-config']).toBe('version: 1\n');
    expect(files?.['meta-data']).toMatch(/^instance-id: .*\nlocal-hostname: .*\nrole: web\n$/);
  });

  it('name the host by one label whatever the length of its service', () => {
    const long = { ...instance, service: `${'a'.repeat(53)}-${'b'.repeat(9)}` };
    const name = /local-hostname: (.*)/.exec(
      seedFiles(long, { userData, network })?.['meta-data'] ?? '',
    )?.[1];
    expect(name).toBe(`${'a'.repeat(53)}-aabbccdd`);
  });
});
