/** What the image `debian` is made of: a whole Debian 12. All of it is part of the cache key. */
export const SUITE = 'bookworm';
export const VERSION = '12';

/** Besides everything essential. The kernel comes without its package, which would bring the tools for a ramdisk of its own. */
export const PACKAGES = [
  'busybox',
  'cloud-init',
  'dbus',
  'iproute2',
  'kmod',
  'qemu-guest-agent',
  'systemd-resolved',
  'systemd-sysv',
  'udev',
] as const;

/** Nobody reads these in a guest; licences stay. */
export const LEFT_OUT = [
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/man/*',
  'path-exclude=/usr/share/locale/*',
] as const;

/**
 * Loaded by the ramdisk, in this order. The seed's drive too: cloud-init looks for it before udev has loaded anything, and is not
 * started when there is none.
 */
export const RAMDISK_MODULES = [
  'virtio_pci',
  'virtio_blk',
  'dm-verity',
  'squashfs',
  'overlay',
  'virtio_scsi',
  'sr_mod',
  'isofs',
] as const;

export const COMMAND_LINE =
  'console=ttyS0 quiet panic=1 random.trust_cpu=on cryptomgr.notests net.ifnames=0 diecast.overlay=etc,var,root,home';

/** Files of the root by their name among the guests' sources. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  'usr/bin/diecast-identity': 'diecast-identity',
  'usr/lib/diecast/identity': 'debian/identity',
};
export const SETTINGS: Readonly<Record<string, string>> = {
  'etc/cloud/cloud.cfg.d/90_diecast.cfg': 'debian/cloud.cfg',
  'etc/fstab': 'debian/fstab',
  'etc/systemd/network/90-dhcp.network': 'debian/dhcp.network',
  'etc/systemd/system/diecast-http.service': 'debian/http.service',
  'etc/systemd/system/diecast-identity.service': 'debian/identity.service',
};
export const PROGRAMS: Readonly<Record<string, string>> = { 'usr/bin/httpd': 'httpd.c' };

const ENABLED = ['diecast-identity.service', 'diecast-http.service', 'systemd-networkd.service'];
/** Timers and checks of a machine that is patched, or writes to a disk. */
const MASKED = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'systemd-networkd-wait-online.service',
  'systemd-pstore.service',
];

/** A user namespace is all the privilege that mmdebstrap gets: scripts of packages never run as this machine's root. */
export const OPTIONS = ['--mode=unshare', '--variant=essential', '--format=tar'] as const;

/** Shell commands of mmdebstrap, after our own files are in place; "$1" is the root. */
export const HOOKS = [
  `chroot "$1" systemctl --quiet enable ${ENABLED.join(' ')}`,
  `chroot "$1" systemctl --quiet mask ${MASKED.join(' ')}`,
  // Empty: a machine id is made at every start, and no start is the first one.
  'printf "" >"$1/etc/machine-id"',
  'rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/* "$1"/var/log/*',
] as const;
