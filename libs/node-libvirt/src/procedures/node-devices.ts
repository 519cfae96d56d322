import { bool, flags, i32, list, maybe, optional, text } from '../wire/codec.js';
import { remote } from './procedure.js';
import { nodeDevice } from './references.js';

export const nodeDeviceProcedures = {
  lookupByName: remote('NODE_DEVICE_LOOKUP_BY_NAME', 113, { name: text }, { dev: nodeDevice }),
  getXmlDesc: remote('NODE_DEVICE_GET_XML_DESC', 114, { name: text, flags }, { xml: text }),
  getParent: remote('NODE_DEVICE_GET_PARENT', 115, { name: text }, { parentName: optional(text) }),
  numOfCaps: remote('NODE_DEVICE_NUM_OF_CAPS', 116, { name: text }, { num: i32 }),
  listCaps: remote(
    'NODE_DEVICE_LIST_CAPS',
    117,
    { name: text, maxnames: i32 },
    { names: list(text, 65_536) },
  ),
  dettach: remote('NODE_DEVICE_DETTACH', 118, { name: text }, {}),
  reAttach: remote('NODE_DEVICE_RE_ATTACH', 119, { name: text }, {}),
  reset: remote('NODE_DEVICE_RESET', 120, { name: text }, {}),
  createXml: remote('NODE_DEVICE_CREATE_XML', 123, { xml: text, flags }, { dev: nodeDevice }),
  destroy: remote('NODE_DEVICE_DESTROY', 124, { name: text }, {}),
  lookupScsiHostByWwn: remote(
    'NODE_DEVICE_LOOKUP_SCSI_HOST_BY_WWN',
    297,
    { wwnn: text, wwpn: text, flags },
    { dev: nodeDevice },
  ),
  detachFlags: remote('NODE_DEVICE_DETACH_FLAGS', 301, { name: text, driverName: maybe(text), flags }, {}),
  defineXml: remote('NODE_DEVICE_DEFINE_XML', 428, { xml: text, flags }, { dev: nodeDevice }),
  undefine: remote('NODE_DEVICE_UNDEFINE', 429, { name: text, flags }, {}),
  create: remote('NODE_DEVICE_CREATE', 430, { name: text, flags }, {}),
  getAutostart: remote('NODE_DEVICE_GET_AUTOSTART', 433, { name: text }, { autostart: bool }),
  setAutostart: remote('NODE_DEVICE_SET_AUTOSTART', 434, { name: text, autostart: bool }, {}),
  isPersistent: remote('NODE_DEVICE_IS_PERSISTENT', 435, { name: text }, { persistent: bool }),
  isActive: remote('NODE_DEVICE_IS_ACTIVE', 436, { name: text }, { active: bool }),
  /** Since libvirt 10.1. */
  update: remote('NODE_DEVICE_UPDATE', 447, { name: text, xml: text, flags }, {}),
} as const;
