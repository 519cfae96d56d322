import { bool, flags, text } from '../wire/codec.js';
import { remote } from './procedure.js';
import { hostInterface } from './references.js';

export const interfacesProcedures = {
  lookupByName: remote('INTERFACE_LOOKUP_BY_NAME', 128, { name: text }, { iface: hostInterface }),
  lookupByMacString: remote('INTERFACE_LOOKUP_BY_MAC_STRING', 129, { mac: text }, { iface: hostInterface }),
  getXmlDesc: remote('INTERFACE_GET_XML_DESC', 130, { iface: hostInterface, flags }, { xml: text }),
  defineXml: remote('INTERFACE_DEFINE_XML', 131, { xml: text, flags }, { iface: hostInterface }),
  undefine: remote('INTERFACE_UNDEFINE', 132, { iface: hostInterface }, {}),
  create: remote('INTERFACE_CREATE', 133, { iface: hostInterface, flags }, {}),
  destroy: remote('INTERFACE_DESTROY', 134, { iface: hostInterface, flags }, {}),
  isActive: remote('INTERFACE_IS_ACTIVE', 156, { iface: hostInterface }, { active: bool }),
  changeBegin: remote('INTERFACE_CHANGE_BEGIN', 220, { flags }, {}),
  changeCommit: remote('INTERFACE_CHANGE_COMMIT', 221, { flags }, {}),
  changeRollback: remote('INTERFACE_CHANGE_ROLLBACK', 222, { flags }, {}),
} as const;
