import { bool, flags, i32, list, maybe, text, typedParams, u32, wideBytes } from '../wire/codec.js';
import { remote } from './procedure.js';

/** What opens and ends a connection. The client calls these by itself. */
export const sessionProcedures = {
  open: remote('CONNECT_OPEN', 1, { name: maybe(text), flags }, {}),
  close: remote('CONNECT_CLOSE', 2, {}, {}),
  /** Feature 10, asked before anything is opened, starts the keepalive of the daemon. */
  supportsFeature: remote('CONNECT_SUPPORTS_FEATURE', 60, { feature: i32 }, { supported: bool }),
  registerCloseCallback: remote('CONNECT_REGISTER_CLOSE_CALLBACK', 360, {}, {}),
  unregisterCloseCallback: remote('CONNECT_UNREGISTER_CLOSE_CALLBACK', 361, {}, {}),
  setIdentity: remote('CONNECT_SET_IDENTITY', 419, { params: typedParams(20), flags }, {}),
  /** The first call on every connection. */
  authList: remote('AUTH_LIST', 66, {}, { types: list(u32, 20) }),
  authSaslInit: remote('AUTH_SASL_INIT', 67, {}, { mechlist: text }),
  authSaslStart: remote(
    'AUTH_SASL_START',
    68,
    { mech: text, nil: i32, data: wideBytes(65_536) },
    { complete: bool, nil: i32, data: wideBytes(65_536) },
  ),
  authSaslStep: remote(
    'AUTH_SASL_STEP',
    69,
    { nil: i32, data: wideBytes(65_536) },
    { complete: bool, nil: i32, data: wideBytes(65_536) },
  ),
  /** The daemon asks polkit about the process at the other end; unix sockets only. */
  authPolkit: remote('AUTH_POLKIT', 70, {}, { complete: bool }),
} as const;
