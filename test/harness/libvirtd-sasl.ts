import type { LibvirtdOptions } from './libvirtd.js';

/** Users whom the daemon knows, with passwords that are easy to get wrong on the way. */
export const ACCOUNTS = {
  plain: { user: 'fred', password: 'correct horse' },
  odd: { user: 'a,b=c', password: 'p,=\\ "x' },
  foreign: { user: 'jürgen', password: 'größe Σ' },
} as const;

/** For a test's libvirtd: SASL on every socket but that for readers, with these mechanisms. */
export const withSasl = (mechanisms: string): LibvirtdOptions => ({
  config: { auth_unix_rw: 'sasl', auth_tls: 'sasl', auth_tcp: 'sasl' },
  sasl: [
    `mech_list: ${mechanisms}`,
    'pwcheck_method: auxprop',
    'auxprop_plugin: sasldb',
    'sasldb_path: /etc/libvirt/passwd.db',
  ],
  before: Object.values(ACCOUNTS).map(
    ({ user, password }) =>
      `printf %s ${quote(password)} | saslpasswd2 -p -c -a libvirt -f /etc/libvirt/passwd.db ${quote(user)}`,
  ),
});

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
