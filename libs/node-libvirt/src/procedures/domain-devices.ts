import {
  flags,
  flagsWithStrings,
  i32,
  i64,
  list,
  maybe,
  optional,
  text,
  typedParams,
  u32,
} from '../wire/codec.js';
import { remote } from './procedure.js';
import { domain } from './references.js';

export const domainDevicesProcedures = {
  attachDevice: remote('DOMAIN_ATTACH_DEVICE', 8, { dom: domain, xml: text }, {}),
  detachDevice: remote('DOMAIN_DETACH_DEVICE', 13, { dom: domain, xml: text }, {}),
  /** `device` is the name on the host, or the MAC address. */
  interfaceStats: remote(
    'DOMAIN_INTERFACE_STATS',
    65,
    { dom: domain, device: text },
    {
      rxBytes: i64,
      rxPackets: i64,
      rxErrs: i64,
      rxDrop: i64,
      txBytes: i64,
      txPackets: i64,
      txErrs: i64,
      txDrop: i64,
    },
  ),
  /** Flags are DOMAIN_AFFECT and DEVICE_MODIFY. */
  attachDeviceFlags: remote('DOMAIN_ATTACH_DEVICE_FLAGS', 160, { dom: domain, xml: text, flags }, {}),
  /** The guest has to agree: wait for the event `deviceRemoved`. Flags are DOMAIN_AFFECT. */
  detachDeviceFlags: remote('DOMAIN_DETACH_DEVICE_FLAGS', 161, { dom: domain, xml: text, flags }, {}),
  /** Flags are DOMAIN_AFFECT and DEVICE_MODIFY. */
  updateDeviceFlags: remote('DOMAIN_UPDATE_DEVICE_FLAGS', 174, { dom: domain, xml: text, flags }, {}),
  /** Data flows both ways on the stream. Flags are CONSOLE. */
  openConsole: remote(
    'DOMAIN_OPEN_CONSOLE',
    201,
    { dom: domain, devName: maybe(text), flags },
    {},
    { stream: 'both' },
  ),
  injectNmi: remote('DOMAIN_INJECT_NMI', 210, { dom: domain, flags }, {}),
  /** The stream's `result` says what kind of picture comes. */
  screenshot: remote(
    'DOMAIN_SCREENSHOT',
    211,
    { dom: domain, screen: u32, flags },
    { mime: optional(text) },
    { stream: 'read' },
  ),
  /** `codeset` is one of KEYCODE_SET; `holdtime` in milliseconds. */
  sendKey: remote(
    'DOMAIN_SEND_KEY',
    226,
    { dom: domain, codeset: u32, holdtime: u32, keycodes: list(u32, 16), flags },
    {},
  ),
  /** KiB/s and KiB; flags are DOMAIN_AFFECT. */
  setInterfaceParameters: remote(
    'DOMAIN_SET_INTERFACE_PARAMETERS',
    256,
    { dom: domain, device: text, params: typedParams(16), flags },
    {},
  ),
  /** KiB/s and KiB; flags are DOMAIN_AFFECT. See `allOf`. */
  getInterfaceParameters: remote(
    'DOMAIN_GET_INTERFACE_PARAMETERS',
    257,
    { dom: domain, device: text, nparams: i32, flags: flagsWithStrings },
    { params: typedParams(16), nparams: i32 },
  ),
  /** Data flows both ways on the stream. Flags are CHANNEL. */
  openChannel: remote(
    'DOMAIN_OPEN_CHANNEL',
    296,
    { dom: domain, name: maybe(text), flags },
    {},
    { stream: 'both' },
  ),
  /** Seconds between two looks at the balloon; flags are DOMAIN_AFFECT. */
  setMemoryStatsPeriod: remote(
    'DOMAIN_SET_MEMORY_STATS_PERIOD',
    308,
    { dom: domain, period: i32, flags },
    {},
  ),
  /** The guest has to agree: wait for the event `deviceRemoved`. Flags are DOMAIN_AFFECT. */
  detachDeviceAlias: remote('DOMAIN_DETACH_DEVICE_ALIAS', 392, { dom: domain, alias: text, flags }, {}),
  /** Since libvirt 10.2. */
  graphicsReload: remote('DOMAIN_GRAPHICS_RELOAD', 448, { dom: domain, type: u32, flags }, {}),
} as const;
