/** For `before` of a test's libvirtd: the system's bus and polkit, both the machine's own. */
export const POLKIT: readonly string[] = [
  'dbus-daemon --system --fork --nopidfile',
  '/usr/lib/polkit-1/polkitd --no-debug &',
];
