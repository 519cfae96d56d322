import {
  bool,
  flags,
  i32,
  i64,
  list,
  maybe,
  needResults,
  optional,
  struct,
  text,
  typedParams,
  u32,
  uuid,
} from '../wire/codec.js';
import { remote } from './procedure.js';
import { network, networkPort } from './references.js';

export const networkProcedures = {
  create: remote('NETWORK_CREATE', 39, { net: network }, {}),
  createXml: remote('NETWORK_CREATE_XML', 40, { xml: text }, { net: network }),
  defineXml: remote('NETWORK_DEFINE_XML', 41, { xml: text }, { net: network }),
  destroy: remote('NETWORK_DESTROY', 42, { net: network }, {}),
  /** Flags are NETWORK_XML. */
  getXmlDesc: remote('NETWORK_GET_XML_DESC', 43, { net: network, flags }, { xml: text }),
  getAutostart: remote('NETWORK_GET_AUTOSTART', 44, { net: network }, { autostart: bool }),
  getBridgeName: remote('NETWORK_GET_BRIDGE_NAME', 45, { net: network }, { name: text }),
  lookupByName: remote('NETWORK_LOOKUP_BY_NAME', 46, { name: text }, { net: network }),
  lookupByUuid: remote('NETWORK_LOOKUP_BY_UUID', 47, { uuid }, { net: network }),
  setAutostart: remote('NETWORK_SET_AUTOSTART', 48, { net: network, autostart: bool }, {}),
  undefine: remote('NETWORK_UNDEFINE', 49, { net: network }, {}),
  isActive: remote('NETWORK_IS_ACTIVE', 152, { net: network }, { active: bool }),
  isPersistent: remote('NETWORK_IS_PERSISTENT', 153, { net: network }, { persistent: bool }),
  /**
   * `command` is one of NETWORK_UPDATE_COMMAND, `section` of NETWORK_SECTION; `parentIndex` -1 lets libvirt choose. Flags are
   * NETWORK_AFFECT.
   */
  update: remote(
    'NETWORK_UPDATE',
    291,
    { net: network, command: u32, section: u32, parentIndex: i32, xml: text, flags },
    {},
  ),
  /** `expirytime` in seconds since 1970; `type` is one of IP_ADDRESS_TYPE. */
  getDhcpLeases: remote(
    'NETWORK_GET_DHCP_LEASES',
    341,
    { net: network, mac: maybe(text), needResults, flags },
    {
      leases: list(
        struct({
          iface: text,
          expirytime: i64,
          type: i32,
          mac: optional(text),
          iaid: optional(text),
          ipaddr: text,
          prefix: u32,
          hostname: optional(text),
          clientid: optional(text),
        }),
        65_536,
      ),
      ret: u32,
    },
  ),
  listAllPorts: remote(
    'NETWORK_LIST_ALL_PORTS',
    404,
    { network, needResults, flags },
    { ports: list(networkPort, 16_384), ret: u32 },
  ),
  defineXmlFlags: remote('NETWORK_DEFINE_XML_FLAGS', 432, { xml: text, flags }, { net: network }),
  createXmlFlags: remote('NETWORK_CREATE_XML_FLAGS', 437, { xml: text, flags }, { net: network }),
  /** Since libvirt 9.7. */
  setMetadata: remote(
    'NETWORK_SET_METADATA',
    444,
    { network, type: i32, metadata: maybe(text), key: maybe(text), uri: maybe(text), flags },
    {},
  ),
  /** Since libvirt 9.7. */
  getMetadata: remote(
    'NETWORK_GET_METADATA',
    445,
    { network, type: i32, uri: maybe(text), flags },
    { metadata: text },
  ),
} as const;

export const networkPortProcedures = {
  lookupByUuid: remote('NETWORK_PORT_LOOKUP_BY_UUID', 405, { network, uuid }, { port: networkPort }),
  createXml: remote('NETWORK_PORT_CREATE_XML', 406, { network, xml: text, flags }, { port: networkPort }),
  getParameters: remote(
    'NETWORK_PORT_GET_PARAMETERS',
    407,
    { port: networkPort, nparams: i32, flags },
    { params: typedParams(16), nparams: i32 },
  ),
  setParameters: remote(
    'NETWORK_PORT_SET_PARAMETERS',
    408,
    { port: networkPort, params: typedParams(16), flags },
    {},
  ),
  getXmlDesc: remote('NETWORK_PORT_GET_XML_DESC', 409, { port: networkPort, flags }, { xml: text }),
  delete: remote('NETWORK_PORT_DELETE', 410, { port: networkPort, flags }, {}),
} as const;
