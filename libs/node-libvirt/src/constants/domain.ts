/** Flags and numbers by the names that libvirt gives them (libvirt-domain.h). */
export const DOMAIN_START = {
  PAUSED: 1,
  AUTODESTROY: 2,
  BYPASS_CACHE: 4,
  FORCE_BOOT: 8,
  VALIDATE: 16,
  RESET_NVRAM: 32,
} as const;

/** GRACEFUL sends no SIGKILL. */
export const DOMAIN_DESTROY = { GRACEFUL: 1, REMOVE_LOGS: 2 } as const;

/** Ways of asking the guest to end; none of them lets libvirt choose. */
export const DOMAIN_SHUTDOWN = {
  ACPI_POWER_BTN: 1,
  GUEST_AGENT: 2,
  INITCTL: 4,
  SIGNAL: 8,
  PARAVIRT: 16,
} as const;

export const DOMAIN_UNDEFINE = {
  MANAGED_SAVE: 1,
  SNAPSHOTS_METADATA: 2,
  NVRAM: 4,
  KEEP_NVRAM: 8,
  CHECKPOINTS_METADATA: 16,
  TPM: 32,
  KEEP_TPM: 64,
} as const;

export const DOMAIN_XML = { SECURE: 1, INACTIVE: 2, UPDATE_CPU: 4, MIGRATABLE: 8 } as const;

export const DOMAIN_DEFINE = { VALIDATE: 1 } as const;

/** Whether a change is for the running domain, for its definition, or for what is there. */
export const DOMAIN_AFFECT = { CURRENT: 0, LIVE: 1, CONFIG: 2 } as const;

export const METADATA = { DESCRIPTION: 0, TITLE: 1, ELEMENT: 2 } as const;

/** Who is asked for the addresses of a domain. */
export const ADDRESS_SOURCE = { LEASE: 0, AGENT: 1, ARP: 2 } as const;

/** Instead of seconds; by default 5 s. */
export const AGENT_TIMEOUT = { BLOCK: -2, DEFAULT: -1, NOWAIT: 0 } as const;

export const MONITOR_COMMAND = { HMP: 1 } as const;

/** Also for restoring: the domain runs or stays paused, whatever it did when it was saved. */
export const SAVE = { BYPASS_CACHE: 1, RUNNING: 2, PAUSED: 4, RESET_NVRAM: 8 } as const;
