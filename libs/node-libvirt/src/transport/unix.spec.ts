import { describe, expect, it } from '@jest/globals';
import { parseLibvirtUri } from '../uri.js';
import { daemonSockets, isSession } from './unix.js';

const question = { driver: 'qemu', session: false, readOnly: false, runtimeDir: '/run/user/1000' };

describe('The socket of a daemon', () => {
  it("is the driver's own or libvirtd's, for writers and for readers", () => {
    expect(daemonSockets(question)).toEqual({
      direct: '/var/run/libvirt/virtqemud-sock',
      legacy: '/var/run/libvirt/libvirt-sock',
    });
    expect(daemonSockets({ ...question, readOnly: true })).toEqual({
      direct: '/var/run/libvirt/virtqemud-sock-ro',
      legacy: '/var/run/libvirt/libvirt-sock-ro',
    });
  });

  it('is the same for both of a session', () => {
    expect(daemonSockets({ ...question, session: true, readOnly: true })).toEqual({
      direct: '/run/user/1000/libvirt/virtqemud-sock',
      legacy: '/run/user/1000/libvirt/libvirt-sock',
    });
  });

  it('is that of no driver for a URI that leaves the driver to the daemon', () => {
    const { direct, legacy } = daemonSockets({ ...question, driver: 'remote' });
    expect(direct).toBe(legacy);
  });

  it.each([
    ['qemu:///session', false, true],
    ['qemu:///session', true, false],
    ['qemu:///system', false, false],
    ['qemu:///system?name=qemu:///session', false, false],
    ['test+unix:///default', false, true],
    ['test+unix:///default', true, false],
  ])("of %s for root %s is the user's own: %s", (uri, root, session) => {
    expect(isSession(parseLibvirtUri(uri), root)).toBe(session);
  });
});
