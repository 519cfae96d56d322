import { flags, i32, opaque, text, uuid } from '../wire/codec.js';
import { remote } from './procedure.js';
import { secret } from './references.js';

export const secretProcedures = {
  lookupByUuid: remote('SECRET_LOOKUP_BY_UUID', 141, { uuid }, { secret }),
  defineXml: remote('SECRET_DEFINE_XML', 142, { xml: text, flags }, { secret }),
  getXmlDesc: remote('SECRET_GET_XML_DESC', 143, { secret, flags }, { xml: text }),
  setValue: remote('SECRET_SET_VALUE', 144, { secret, value: opaque(65_536), flags }, {}),
  getValue: remote('SECRET_GET_VALUE', 145, { secret, flags }, { value: opaque(65_536) }),
  undefine: remote('SECRET_UNDEFINE', 146, { secret }, {}),
  lookupByUsage: remote('SECRET_LOOKUP_BY_USAGE', 147, { usageType: i32, usageID: text }, { secret }),
} as const;
