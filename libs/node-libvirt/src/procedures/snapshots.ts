import { bool, flags, i32, list, needResults, text } from '../wire/codec.js';
import { remote } from './procedure.js';
import { checkpoint, domain, snapshot } from './references.js';

export const snapshotProcedures = {
  /** Answers when it is done. Flags are SNAPSHOT_CREATE. */
  createXml: remote(
    'DOMAIN_SNAPSHOT_CREATE_XML',
    185,
    { dom: domain, xml: text, flags },
    { snap: snapshot },
    { long: true },
  ),
  getXmlDesc: remote('DOMAIN_SNAPSHOT_GET_XML_DESC', 186, { snap: snapshot, flags }, { xml: text }),
  num: remote('DOMAIN_SNAPSHOT_NUM', 187, { dom: domain, flags }, { num: i32 }),
  listNames: remote(
    'DOMAIN_SNAPSHOT_LIST_NAMES',
    188,
    { dom: domain, maxnames: i32, flags },
    { names: list(text, 16_384) },
  ),
  lookupByName: remote(
    'DOMAIN_SNAPSHOT_LOOKUP_BY_NAME',
    189,
    { dom: domain, name: text, flags },
    { snap: snapshot },
  ),
  current: remote('DOMAIN_SNAPSHOT_CURRENT', 191, { dom: domain, flags }, { snap: snapshot }),
  /** Flags are SNAPSHOT_DELETE. */
  delete: remote('DOMAIN_SNAPSHOT_DELETE', 193, { snap: snapshot, flags }, {}, { long: true }),
  getParent: remote('DOMAIN_SNAPSHOT_GET_PARENT', 244, { snap: snapshot, flags }, { snap: snapshot }),
  numChildren: remote('DOMAIN_SNAPSHOT_NUM_CHILDREN', 246, { snap: snapshot, flags }, { num: i32 }),
  listChildrenNames: remote(
    'DOMAIN_SNAPSHOT_LIST_CHILDREN_NAMES',
    247,
    { snap: snapshot, maxnames: i32, flags },
    { names: list(text, 16_384) },
  ),
  isCurrent: remote('DOMAIN_SNAPSHOT_IS_CURRENT', 271, { snap: snapshot, flags }, { current: bool }),
  hasMetadata: remote('DOMAIN_SNAPSHOT_HAS_METADATA', 272, { snap: snapshot, flags }, { metadata: bool }),
  listAllChildren: remote(
    'DOMAIN_SNAPSHOT_LIST_ALL_CHILDREN',
    275,
    { snapshot, needResults, flags },
    { snapshots: list(snapshot, 16_384), ret: i32 },
  ),
} as const;

export const checkpointProcedures = {
  /** Flags are CHECKPOINT_CREATE. */
  createXml: remote('DOMAIN_CHECKPOINT_CREATE_XML', 411, { dom: domain, xml: text, flags }, { checkpoint }),
  getXmlDesc: remote('DOMAIN_CHECKPOINT_GET_XML_DESC', 412, { checkpoint, flags }, { xml: text }),
  listAllChildren: remote(
    'DOMAIN_CHECKPOINT_LIST_ALL_CHILDREN',
    414,
    { checkpoint, needResults, flags },
    { checkpoints: list(checkpoint, 16_384), ret: i32 },
  ),
  lookupByName: remote(
    'DOMAIN_CHECKPOINT_LOOKUP_BY_NAME',
    415,
    { dom: domain, name: text, flags },
    { checkpoint },
  ),
  getParent: remote('DOMAIN_CHECKPOINT_GET_PARENT', 416, { checkpoint, flags }, { parent: checkpoint }),
  /** Flags are CHECKPOINT_DELETE. */
  delete: remote('DOMAIN_CHECKPOINT_DELETE', 417, { checkpoint, flags }, {}),
} as const;
