/** What the image `tiny-http` is made of. All of it is part of the cache key, so that a change here makes a new image. */

export const VARIANTS = ['v1', 'v2', 'broken'] as const;
export type Variant = (typeof VARIANTS)[number];
export const isVariant = (text: string): text is Variant => VARIANTS.some((variant) => variant === text);

/** The version that the image calls itself by. The broken one boots, and its /healthz never succeeds. */
export const VERSIONS: Readonly<Record<Variant, string>> = { v1: '1', v2: '2', broken: '3-broken' };

/** Depends on the newest kernel; has no files of its own. */
export const KERNEL_PACKAGE = 'linux-image-cloud-amd64';

/** Besides the kernel: the shell, the guest agent and the libraries of the guest agent. */
export const DEBIAN_PACKAGES = [
  'busybox-static',
  'libc6',
  'libglib2.0-0',
  'libnuma1',
  'libpcre2-8-0',
  'libudev1',
  'liburing2',
  'qemu-guest-agent',
] as const;

/** Loaded by the ramdisk in this order, each after what it depends on. The root comes first, the rest while it is there. */
export const KERNEL_MODULES = [
  'virtio_pci',
  'virtio_blk',
  'dm-verity',
  'squashfs',
  'virtio_net',
  'virtio_console',
  'virtio-rng',
  'button',
  'evdev',
] as const;

/** Kept in the root, and loaded by it only when the machine has a CD: the seed for cloud-init. */
export const SEED_MODULES = ['virtio_scsi', 'sr_mod', 'isofs'] as const;

/**
 * Kernel command line before the words that describe the root. A guest that cannot go on starts again after a second. The
 * kernel's self-tests of ciphers, left out, would be an eighth of a boot without hardware help.
 */
export const COMMAND_LINE = 'console=ttyS0 quiet panic=1 random.trust_cpu=on cryptomgr.notests';

/** Salt and UUID of the integrity tree are fixed: equal contents shall give an equal image. */
export const VERITY_SALT = '6469656361737420696d6d757461626c65206775657374732074696e79206874';
export const VERITY_UUID = '64696563-6173-4074-a96e-792d68747470';

/** Places where the kernel and the guest's programs put what lives in memory only. */
export const ROOT_FOLDERS = ['dev', 'proc', 'root', 'run', 'sys', 'tmp', 'var'] as const;
export const RAMDISK_FOLDERS = ['dev', 'proc', 'root', 'sys'] as const;

/** Files of the root, by their name among the guest's sources. */
export const ROOT_SCRIPTS: Readonly<Record<string, string>> = {
  'etc/agent': 'tiny/agent',
  'etc/rc': 'tiny/rc',
  'etc/seed': 'tiny/seed',
  'etc/udhcpc': 'tiny/udhcpc',
  'sbin/shutdown': 'tiny/power-off',
  // Where acpid looks for what to do about the power button.
  'etc/acpi/PWRF/00000080': 'tiny/power-off',
  'usr/bin/diecast-identity': 'diecast-identity',
};
export const ROOT_SETTINGS: Readonly<Record<string, string>> = { 'etc/inittab': 'tiny/inittab' };

/** Static programs, compiled from the guest's sources. */
export const ROOT_PROGRAMS: Readonly<Record<string, string>> = { 'usr/bin/httpd': 'httpd.c' };
export const RAMDISK_PROGRAMS: Readonly<Record<string, string>> = { init: 'init.c' };

export const COMPILER_FLAGS = ['-std=gnu11', '-O2', '-static', '-s', '-Wall', '-Wl,--build-id=none'] as const;
export const SQUASHFS_FLAGS = ['-comp', 'lz4', '-Xhc', '-b', '131072'] as const;
