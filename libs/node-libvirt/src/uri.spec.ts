import { describe, expect, it } from '@jest/globals';
import { parseLibvirtUri } from './uri.js';

describe('A libvirt URI', () => {
  it.each([
    ['qemu:///system', 'unix', null, null, null, 'qemu:///system'],
    ['qemu:/system', 'unix', null, null, null, 'qemu:///system'],
    ['qemu+unix:///session', 'unix', null, null, null, 'qemu:///session'],
    ['qemu://towada/system', 'tls', 'towada', null, null, 'qemu:///system'],
    ['qemu+tls:///system', 'tls', 'localhost', null, null, 'qemu:///system'],
    ['test+tcp://localhost:5000/default', 'tcp', 'localhost', 5000, null, 'test:///default'],
    ['qemu+tcp://[2001:db8::1]:0/system', 'tcp', '2001:db8::1', null, null, 'qemu:///system'],
    ['qemu+tls://[fe80::1%25eth0]/system', 'tls', 'fe80::1%eth0', null, null, 'qemu:///system'],
    ['qemu+SSH://us%40er@a%2Db:22/system', 'ssh', 'a-b', 22, 'us@er', 'qemu:///system'],
    ['qemu+ssh://@host/system', 'ssh', 'host', null, null, 'qemu:///system'],
    ['remote+ssh://host/system', 'ssh', 'host', null, null, ''],
    ['qemu+tcp://host', 'tcp', 'host', null, null, 'qemu://'],
  ])('%s names a transport, a host, a port, a user and the hypervisor', (text, ...expected) => {
    const { transport, host, port, user, name } = parseLibvirtUri(text);
    expect([transport, host, port, user, name]).toEqual(expected);
  });

  it.each([
    ['?no_verify=1', { verify: false, sanity: true }],
    ['?no_verify=0&NO_SANITY=-1', { verify: true, sanity: false }],
    ['?pkipath=/tmp/pki%20x&tls_priority=NORMAL', { pkipath: '/tmp/pki x', tlsPriority: 'NORMAL' }],
    [
      '?keyfile=/k&known_hosts=/h&known_hosts_verify=auto',
      { keyfile: '/k', knownHosts: '/h', knownHostsVerify: 'auto' },
    ],
    ['?command=/bin/ssh;proxy=native', { command: '/bin/ssh', proxy: 'native' }],
    ['?socket=/a&socket=/b+c', { socket: '/b+c' }],
    ['?mode=direct&auth=sasl.plain&authfile=%C3%A4', { mode: 'direct', auth: 'sasl.plain', authfile: 'ä' }],
    ['', { mode: 'auto', proxy: 'auto', socket: undefined, verify: true }],
  ])('%s sets options of the connection that the daemon never sees', (query, expected) => {
    const { options, name } = parseLibvirtUri(`qemu+ssh://host/system${query}`);
    expect(options).toMatchObject(expected);
    expect(name).toBe('qemu:///system');
  });

  it('hands parameters that are not its own to the daemon, encoded as libvirt does', () => {
    const { name } = parseLibvirtUri('esx+tcp://h/a%3ab?x=a+b%2f%e4&no_verify=1&&=y&flag#part');
    expect(name).toBe('esx:///a%3Ab?x=a%2Bb%2F%E4&flag=#part');
  });

  it('lets name= replace what it would call the hypervisor', () => {
    expect(parseLibvirtUri('qemu+tcp://h/system?name=test%3A%2F%2F%2Fdefault&x=1').name).toBe(
      'test:///default',
    );
  });

  it.each([
    ['hail', /not a libvirt URI .* aliases \(uri_aliases in libvirt.conf\) are not looked up/],
    ['//hail/system', /not a libvirt URI such as qemu\+tls:\/\/host\/system$/],
    ['1qemu:///system', /not a libvirt URI/],
    ['qemu+carrier-pigeon://h/system', /"carrier-pigeon" .* not one of unix, tcp, tls, ssh/],
    ['qemu+libssh://h/system', /"libssh" .* not one of unix, tcp, tls, ssh; \+ssh runs the ssh program/],
    ['qemu+libssh2://h/system', /\+ssh runs the ssh program/],
    ['qemu+unix://h/system', /names the host "h", which a Unix socket cannot reach/],
    ['qemu+tcp://::1/system', /IPv6 address in brackets/],
    ['qemu+tcp://h:x/system', /not \[user@\]host\[:port\]/],
    ['qemu+tcp://h:65536/system', /larger than 65535/],
    ['qemu+tcp://:1/system', /a port and no host/],
    ['qemu+tcp://h/sys tem', /percent-encode/],
    ['qemu+tcp://h/ä', /percent-encode/],
    ['qemu+tcp://h/%zz', /% without two hex digits/],
    ['qemu+tls://h/system?no_verify=yes', /no_verify=yes .* is not 0 or 1/],
    ['qemu+tls://h/system?no_verify=', /is not 0 or 1/],
    ['qemu:///system?mode=DIRECT', /mode=DIRECT .* is not one of auto, direct, legacy/],
    ['qemu+ssh://h/system?proxy=x', /proxy=x .* is not one of auto, netcat, native/],
    ['qemu+ssh://h/system?proxy=native&netcat=/n', /netcat= .* contradicts proxy=native/],
    ['qemu:///system?socket=', /socket= .* has no value/],
  ])('%s is refused with a sentence', (text, sentence) => {
    expect(() => parseLibvirtUri(text)).toThrow(sentence);
    expect(() => parseLibvirtUri(text)).toThrow(TypeError);
  });
});
