import { join } from 'node:path';

/** Ports of the test's sshd; on two of them programs are missing. */
export const SSH_PORT = { whole: 22, withoutHelper: 2201, withoutBoth: 2202 } as const;

/** Files in the folder of the test's libvirtd. */
export const sshFiles = (
  dir: string,
): Readonly<
  Record<'key' | 'foreignKey' | 'bound' | 'knownHosts' | 'wrongKnownHosts' | 'noKnownHosts', string>
> => {
  const file = (name: string): string => join(dir, 'ssh', name);
  return {
    key: file('user'),
    /** A key that nobody authorized. */
    foreignKey: file('foreign'),
    /** A key that may do nothing but run libvirt's helper. */
    bound: file('bound'),
    knownHosts: file('known_hosts'),
    /** Has another key for the host. */
    wrongKnownHosts: file('wrong_known_hosts'),
    noKnownHosts: file('no_known_hosts'),
  };
};

/**
 * For `before` of a test's libvirtd: OpenSSH's server with keys of its own. It would take passwords, so that a client that
 * asks for one would be found out.
 */
export const SSHD: readonly string[] = [
  'mkdir $DIR/ssh $DIR/ssh/nc $DIR/ssh/nothing',
  "for key in host user foreign bound; do ssh-keygen -q -t ed25519 -N '' -C $key -f $DIR/ssh/$key; done",
  'echo "* $(cat $DIR/ssh/host.pub)" > $DIR/ssh/known_hosts',
  'echo "* $(cat $DIR/ssh/foreign.pub)" > $DIR/ssh/wrong_known_hosts',
  'cp $DIR/ssh/user.pub $DIR/ssh/authorized',
  'echo "restrict,command=\\"virt-ssh-helper test:///default\\" $(cat $DIR/ssh/bound.pub)" >> $DIR/ssh/authorized',
  'for program in sh nc grep id; do ln -s $(readlink -f $(command -v $program)) $DIR/ssh/nc/$program; done',
  'ln -s $(command -v sh) $DIR/ssh/nothing/sh',
  `cat > $DIR/ssh/sshd_config <<END
${Object.values(SSH_PORT)
  .map((port) => `Port ${port}`)
  .join('\n')}
HostKey $DIR/ssh/host
AuthorizedKeysFile $DIR/ssh/authorized
StrictModes no
UsePAM no
PasswordAuthentication yes
PermitRootLogin yes
Match LocalPort ${SSH_PORT.withoutHelper}
  SetEnv PATH=$DIR/ssh/nc
Match LocalPort ${SSH_PORT.withoutBoth}
  SetEnv PATH=$DIR/ssh/nothing
END`,
  '$(command -v sshd) -f $DIR/ssh/sshd_config -E $DIR/ssh/log',
];
