import { flags, text, uuid } from '../wire/codec.js';
import { remote } from './procedure.js';
import { nwfilter, nwfilterBinding } from './references.js';

export const nwfilterProcedures = {
  lookupByName: remote('NWFILTER_LOOKUP_BY_NAME', 175, { name: text }, { nwfilter }),
  lookupByUuid: remote('NWFILTER_LOOKUP_BY_UUID', 176, { uuid }, { nwfilter }),
  getXmlDesc: remote('NWFILTER_GET_XML_DESC', 177, { nwfilter, flags }, { xml: text }),
  defineXml: remote('NWFILTER_DEFINE_XML', 180, { xml: text }, { nwfilter }),
  undefine: remote('NWFILTER_UNDEFINE', 181, { nwfilter }, {}),
  defineXmlFlags: remote('NWFILTER_DEFINE_XML_FLAGS', 431, { xml: text, flags }, { nwfilter }),
} as const;

export const nwfilterBindingProcedures = {
  lookupByPortDev: remote(
    'NWFILTER_BINDING_LOOKUP_BY_PORT_DEV',
    397,
    { name: text },
    { nwfilter: nwfilterBinding },
  ),
  getXmlDesc: remote(
    'NWFILTER_BINDING_GET_XML_DESC',
    398,
    { nwfilter: nwfilterBinding, flags },
    { xml: text },
  ),
  createXml: remote('NWFILTER_BINDING_CREATE_XML', 399, { xml: text, flags }, { nwfilter: nwfilterBinding }),
  delete: remote('NWFILTER_BINDING_DELETE', 400, { nwfilter: nwfilterBinding }, {}),
} as const;
