import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { parseLibvirtUri } from '../uri.js';
import { farScript, sshArguments } from './ssh-command.js';

const argumentsFor = (text: string, readOnly = false): readonly string[] =>
  sshArguments(parseLibvirtUri(text), { timeoutMs: 1500, readOnly });
const scriptFor = (text: string, readOnly = false): string => farScript(parseLibvirtUri(text), readOnly);

const HELPER = "exec virt-ssh-helper 'qemu:///system'";

describe('The arguments of ssh', () => {
  it('ask nobody anything and give up in time', () => {
    expect(argumentsFor('qemu+ssh://host/system').slice(0, -1)).toEqual([
      ...[
        '-T',
        '-e',
        'none',
        '-o',
        'BatchMode=yes',
        '-o',
        'ConnectTimeout=2',
        '-o',
        'ServerAliveInterval=15',
      ],
      ...['--', 'host'],
    ]);
  });

  it('name user, port, key and known hosts literally', () => {
    const args = argumentsFor('qemu+ssh://me@[::1]:2222/system?keyfile=/k%25h&known_hosts=/a%20b');
    expect(args.slice(9, -1)).toEqual([
      ...['-o', 'UserKnownHostsFile="/a b"', '-i', '/k%%h', '-p', '2222', '-l', 'me', '--', '::1'],
    ]);
  });

  it('never take a host for an option', () => {
    const args = argumentsFor('qemu+ssh://-oProxyCommand=x/system');
    expect(args.slice(-3, -1)).toEqual(['--', '-oProxyCommand=x']);
  });

  it.each([
    ['no_verify=1', 'StrictHostKeyChecking=no'],
    ['known_hosts_verify=ignore', 'StrictHostKeyChecking=no'],
    ['known_hosts_verify=auto', 'StrictHostKeyChecking=accept-new'],
  ])('say for %s %s', (query, setting) => {
    expect(argumentsFor(`qemu+ssh://host/system?${query}`)).toContain(setting);
  });

  it.each(['', '?known_hosts_verify=normal&no_verify=0&no_tty=0'])(
    'leave unknown host keys to the configuration of ssh, with %j',
    (query) => {
      expect(argumentsFor(`qemu+ssh://host/system${query}`).join(' ')).not.toContain('StrictHostKeyChecking');
    },
  );

  it('reach the shell on the far side as they are, whatever its quotes', () => {
    const command = argumentsFor(`qemu+ssh://host/it's?proxy=native&x=$(id)`).at(-1) ?? '';
    const words = execFileSync('sh', ['-c', `sh() { printf '%s|' "$@"; }; ${command}`])
      .toString()
      .split('|');
    expect(words.slice(0, 2)).toEqual(['-c', `exec virt-ssh-helper 'qemu:///it'\\''s?x=%24%28id%29'`]);
  });
});

describe('What ssh runs on the far side', () => {
  it("is libvirt's helper, and netcat where that is missing", () => {
    const script = scriptFor('qemu+ssh://host/system');
    expect(script).toContain(`if command -v virt-ssh-helper >/dev/null 2>&1; then ${HELPER}; fi; `);
    expect(script).toContain(
      's="/var/run/libvirt/virtqemud-sock"; [ -S "$s" ] || s="/var/run/libvirt/libvirt-sock"',
    );
    expect(script).toMatch(/exec 'nc' \$q -U "\$s"$/);
  });

  it('is one of them alone if the URI says so', () => {
    expect(scriptFor('qemu+ssh://host/system?proxy=native')).toBe(HELPER);
    expect(scriptFor('qemu+ssh://host/system?proxy=native', true)).toBe(
      "exec virt-ssh-helper -r 'qemu:///system'",
    );
    expect(scriptFor('qemu+ssh://host/system?proxy=netcat')).not.toContain(HELPER);
    expect(scriptFor('qemu+ssh://host/system?netcat=/opt/nc')).toMatch(/exec '\/opt\/nc' \$q -U "\$s"$/);
  });

  it.each([
    ['socket=/a%20b/it%27s', `; s='/a b/it'\\''s'; `],
    ['mode=direct', '; s="/var/run/libvirt/virtqemud-sock"; if'],
    ['mode=legacy', '; s="/var/run/libvirt/libvirt-sock"; if'],
  ])('is netcat for %s, which old helpers pass over', (query, socket) => {
    expect(scriptFor(`qemu+ssh://host/system?${query}`)).toContain(socket);
    expect(scriptFor(`qemu+ssh://host/system?${query}`)).not.toContain(HELPER);
    expect(() => scriptFor(`qemu+ssh://host/system?proxy=native&${query}`)).toThrow(/use proxy=netcat/);
  });

  it.each([
    ['qemu+ssh://host/session', '/var/run/libvirt/libvirt-sock', '/run/x/libvirt/libvirt-sock'],
    [
      'qemu+ssh://host/session?mode=direct',
      '/var/run/libvirt/virtqemud-sock',
      '/run/x/libvirt/virtqemud-sock',
    ],
    ['qemu+ssh://host/system', '/var/run/libvirt/libvirt-sock', '/var/run/libvirt/libvirt-sock'],
  ])('chooses for %s the socket by who is logged in: root %s, others %s', (uri, root, others) => {
    const script = scriptFor(uri)
      .replace(/^if command.*?fi; /, '')
      .replace(/; if 'nc'.*$/, '; echo "$s"');
    const runAs = (uid: number): string =>
      execFileSync('sh', ['-c', `id() { echo ${uid}; }; nc() { :; }; ${script}`], {
        env: { ...process.env, XDG_RUNTIME_DIR: '/run/x' },
      })
        .toString()
        .trim();
    expect([runAs(0), runAs(1000)]).toEqual([root, others]);
  });
});
