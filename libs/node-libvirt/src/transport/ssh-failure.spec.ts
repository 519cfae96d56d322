import { describe, expect, it } from '@jest/globals';
import type { ProgramEnd } from './process-stream.js';
import { explainSsh } from './ssh-failure.js';

const end = (code: number | null, stderr: string): ProgramEnd => ({
  code,
  signal: null,
  stderr,
  spoke: false,
});

/** What OpenSSH 9.2 says. */
describe('An ssh that ended', () => {
  it.each([
    ['Host key verification failed.', 'refused', /not in known_hosts: add it \(ssh-keyscan\)/],
    [
      '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.',
      'refused',
      /not the one in known_hosts/,
    ],
    [
      'root@host: Permission denied (publickey).',
      'refused',
      /none of our keys .*keyfile=.*Permission denied/,
    ],
    [
      'ssh: connect to host h port 22: Connection refused',
      'unreachable',
      /did not get there .*Connection refused/,
    ],
    ['', 'unreachable', /did not get there$/],
  ])('of itself, saying %j, is %s', (stderr, failure, sentence) => {
    const error = explainSsh('ssh me@host', end(255, stderr));
    expect(error?.failure).toBe(failure);
    expect(error?.message).toMatch(sentence);
  });

  it('with the status of the far side tells that from its own', () => {
    expect(
      explainSsh('ssh host', end(127, 'nc is not installed here, nor virt-ssh-helper'))?.message,
    ).toMatch(/neither virt-ssh-helper \(of libvirt-daemon\) nor netcat was found there/);
    expect(explainSsh('ssh host', end(1, "cannot connect to '/x'"))?.message).toMatch(
      /got in, but not to the daemon's socket; the far side ended with 1 \(cannot connect to '\/x'\)/,
    );
    expect(explainSsh('ssh host', { ...end(null, ''), signal: 'SIGTERM' })?.failure).toBe('closed');
  });

  it('in peace was no failure', () => {
    expect(explainSsh('ssh host', end(0, 'Connection closed.'))).toBeUndefined();
  });

  it('after it was in broke a connection, whatever it says', () => {
    const broken = explainSsh('ssh host', { ...end(255, 'Permission denied'), spoke: true });
    expect(broken?.failure).toBe('closed');
    expect(broken?.message).toBe('ssh host: the connection broke: ssh ended with 255 (Permission denied)');
  });

  it('quotes only its last words', () => {
    const banner = Array.from({ length: 50 }, (_, line) => `line ${line}`).join('\n');
    expect(explainSsh('ssh host', end(255, banner))?.message).toMatch(/\(line 44 .*line 49\)$/);
  });
});
