import { describe, expect, it } from '@jest/globals';
import { hostUriProblem } from './host-uri.js';

describe('the URI of a host', () => {
  it.each([
    'qemu+unix:///system',
    'qemu+unix:///system?socket=/run/libvirt/libvirt-sock',
    'qemu+tls://rack1-a.example.org/system',
    'qemu+tls://192.0.2.7:16514/system?pkipath=/etc/pki/diecast',
    'qemu+tls://[2001:db8::7]/system',
    'qemu+ssh://root@rack1-a/system',
    'qemu+tcp://rack1-a:16509/session',
    'qemu+ssh://root@rack1-a/system?keyfile=/etc/diecast/key&known_hosts=/etc/diecast/hosts',
  ])('may be %s', (uri) => {
    expect(hostUriProblem(uri)).toBeUndefined();
  });

  it.each([
    ['http://rack1-a/system', /must be a libvirt URI/],
    ['qemu:///system', /must be a libvirt URI/],
    ['xen+tls://rack1-a/system', /must be a libvirt URI/],
    ['qemu+ext://rack1-a/system', /must be a libvirt URI/],
    ['qemu+tls://rack1-a/system?name=a b', /must be a libvirt URI/],
    ['qemu+ssh://root:secret@rack1-a/system', /password/],
    ['qemu+ssh://-oProxyCommand=x@rack1-a/system', /user name/],
    ['qemu+ssh://-oProxyCommand=x/system', /must name a host/],
    ['qemu+tls:///system', /must name a host/],
    ['qemu+tls://rack1-a:70000000/system', /must name a host/],
    ['qemu+unix://rack1-a/system', /must name no host/],
    ['qemu+tls://rack1-a', /must end with \/system/],
    ['qemu+tls://rack1-a/../etc', /must end with \/system/],
    ['', /must be a libvirt URI/],
    ['qemu+ssh://rack1-a/system?command=/tmp/x', /"command=\/tmp\/x" is none/],
    ['qemu+ssh://rack1-a/system?socket=/s&netcat=x', /"netcat=x" is none/],
    ['qemu+ssh://rack1-a/system?socket=/s;command=x', /is none/],
    ['qemu+ssh://rack1-a/system?%63ommand=x', /is none/],
    ['qemu+ssh://rack1-a/system?Command=x', /is none/],
    ['qemu+ssh://rack1-a/system?known_hosts=/x%0aProxyCommand=y', /is none/],
    ['qemu+tls://rack1-a/system?authfile=/root/x', /is none/],
    ['qemu+tls://rack1-a/system?pkipath', /is none/],
  ])('may not be %s', (uri, problem) => {
    expect(hostUriProblem(uri)).toMatch(problem);
  });
});
