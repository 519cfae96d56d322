import { flags, i32, optional, text, u32 } from '../wire/codec.js';
import { qemu } from './procedure.js';
import { domain } from './references.js';

export const qemuProcedures = {
  /**
   * QMP as JSON in and out, or HMP as text with flag 1. What QEMU refuses comes as `{"error":…}` in the result, not as an
   * error of the call. The domain is marked as tampered with (tainted custom-monitor).
   */
  domainMonitorCommand: qemu(
    'QEMU_DOMAIN_MONITOR_COMMAND',
    1,
    { dom: domain, cmd: text, flags },
    { result: text },
  ),
  /** libvirt 5.5 took it out of its driver. */
  domainAttach: qemu('QEMU_DOMAIN_ATTACH', 2, { pidValue: u32, flags }, { dom: domain }),
  /** `timeout` in seconds, or one of AGENT_TIMEOUT. */
  domainAgentCommand: qemu(
    'QEMU_DOMAIN_AGENT_COMMAND',
    3,
    { dom: domain, cmd: text, timeout: i32, flags },
    { result: optional(text) },
    { guest: true },
  ),
} as const;
