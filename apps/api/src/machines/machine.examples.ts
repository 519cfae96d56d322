/** What a host with an untouched libvirt has. */
export const NETWORK = { kind: 'network', name: 'default', addressing: { mode: 'dhcp' } };

export const STATIC_NETWORK = {
  kind: 'bridge',
  name: 'br0',
  addressing: {
    mode: 'static',
    rangeStart: '192.0.2.100',
    rangeEnd: '192.0.2.199',
    prefix: 24,
    gateway: '192.0.2.1',
  },
};

export const HEALTH = { kind: 'http', port: 80, path: '/healthz' };
