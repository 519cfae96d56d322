import { bool, flags, i32, list, needResults, text, u32, u64, uuid } from '../wire/codec.js';
import { remote } from './procedure.js';
import { storagePool, storageVol } from './references.js';

export const storagePoolProcedures = {
  /** Flags are POOL_CREATE. */
  createXml: remote('STORAGE_POOL_CREATE_XML', 76, { xml: text, flags }, { pool: storagePool }),
  defineXml: remote('STORAGE_POOL_DEFINE_XML', 77, { xml: text, flags }, { pool: storagePool }),
  create: remote('STORAGE_POOL_CREATE', 78, { pool: storagePool, flags }, {}),
  /** Flags are POOL_BUILD. */
  build: remote('STORAGE_POOL_BUILD', 79, { pool: storagePool, flags }, {}, { long: true }),
  destroy: remote('STORAGE_POOL_DESTROY', 80, { pool: storagePool }, {}),
  delete: remote('STORAGE_POOL_DELETE', 81, { pool: storagePool, flags }, {}),
  undefine: remote('STORAGE_POOL_UNDEFINE', 82, { pool: storagePool }, {}),
  refresh: remote('STORAGE_POOL_REFRESH', 83, { pool: storagePool, flags }, {}),
  lookupByName: remote('STORAGE_POOL_LOOKUP_BY_NAME', 84, { name: text }, { pool: storagePool }),
  lookupByUuid: remote('STORAGE_POOL_LOOKUP_BY_UUID', 85, { uuid }, { pool: storagePool }),
  lookupByVolume: remote('STORAGE_POOL_LOOKUP_BY_VOLUME', 86, { vol: storageVol }, { pool: storagePool }),
  /** Bytes; `state` is one of POOL_STATE. */
  getInfo: remote(
    'STORAGE_POOL_GET_INFO',
    87,
    { pool: storagePool },
    { state: u32, capacity: u64, allocation: u64, available: u64 },
  ),
  getXmlDesc: remote('STORAGE_POOL_GET_XML_DESC', 88, { pool: storagePool, flags }, { xml: text }),
  getAutostart: remote('STORAGE_POOL_GET_AUTOSTART', 89, { pool: storagePool }, { autostart: bool }),
  setAutostart: remote('STORAGE_POOL_SET_AUTOSTART', 90, { pool: storagePool, autostart: bool }, {}),
  numOfVolumes: remote('STORAGE_POOL_NUM_OF_VOLUMES', 91, { pool: storagePool }, { num: i32 }),
  listVolumes: remote(
    'STORAGE_POOL_LIST_VOLUMES',
    92,
    { pool: storagePool, maxnames: i32 },
    { names: list(text, 16_384) },
  ),
  isActive: remote('STORAGE_POOL_IS_ACTIVE', 154, { pool: storagePool }, { active: bool }),
  isPersistent: remote('STORAGE_POOL_IS_PERSISTENT', 155, { pool: storagePool }, { persistent: bool }),
  listAllVolumes: remote(
    'STORAGE_POOL_LIST_ALL_VOLUMES',
    282,
    { pool: storagePool, needResults, flags },
    { vols: list(storageVol, 16_384), ret: u32 },
  ),
  lookupByTargetPath: remote(
    'STORAGE_POOL_LOOKUP_BY_TARGET_PATH',
    391,
    { path: text },
    { pool: storagePool },
  ),
} as const;

export const storageVolProcedures = {
  /** Flags are VOL_CREATE. */
  createXml: remote(
    'STORAGE_VOL_CREATE_XML',
    93,
    { pool: storagePool, xml: text, flags },
    { vol: storageVol },
  ),
  delete: remote('STORAGE_VOL_DELETE', 94, { vol: storageVol, flags }, {}),
  lookupByName: remote(
    'STORAGE_VOL_LOOKUP_BY_NAME',
    95,
    { pool: storagePool, name: text },
    { vol: storageVol },
  ),
  lookupByKey: remote('STORAGE_VOL_LOOKUP_BY_KEY', 96, { key: text }, { vol: storageVol }),
  lookupByPath: remote('STORAGE_VOL_LOOKUP_BY_PATH', 97, { path: text }, { vol: storageVol }),
  getInfo: remote(
    'STORAGE_VOL_GET_INFO',
    98,
    { vol: storageVol },
    { type: i32, capacity: u64, allocation: u64 },
  ),
  getXmlDesc: remote('STORAGE_VOL_GET_XML_DESC', 99, { vol: storageVol, flags }, { xml: text }),
  getPath: remote('STORAGE_VOL_GET_PATH', 100, { vol: storageVol }, { name: text }),
  createXmlFrom: remote(
    'STORAGE_VOL_CREATE_XML_FROM',
    125,
    { pool: storagePool, xml: text, clonevol: storageVol, flags },
    { vol: storageVol },
    { long: true },
  ),
  wipe: remote('STORAGE_VOL_WIPE', 165, { vol: storageVol, flags }, {}, { long: true }),
  /** Bytes; flags are VOL_UPLOAD. See `uploadVolume`. */
  upload: remote(
    'STORAGE_VOL_UPLOAD',
    208,
    { vol: storageVol, offset: u64, length: u64, flags },
    {},
    { stream: 'write', sparse: true },
  ),
  /** Bytes; flags are VOL_DOWNLOAD. See `downloadVolume`. */
  download: remote(
    'STORAGE_VOL_DOWNLOAD',
    209,
    { vol: storageVol, offset: u64, length: u64, flags },
    {},
    { stream: 'read', sparse: true },
  ),
  /** `algorithm` is one of VOL_WIPE_ALGORITHM. */
  wipePattern: remote(
    'STORAGE_VOL_WIPE_PATTERN',
    259,
    { vol: storageVol, algorithm: u32, flags },
    {},
    { long: true },
  ),
  /** Bytes. Flags are VOL_RESIZE. */
  resize: remote('STORAGE_VOL_RESIZE', 260, { vol: storageVol, capacity: u64, flags }, {}),
  /** Bytes; with VOL_INFO the size of the file instead of what it takes. `type` is one of VOL_TYPE. */
  getInfoFlags: remote(
    'STORAGE_VOL_GET_INFO_FLAGS',
    378,
    { vol: storageVol, flags },
    { type: i32, capacity: u64, allocation: u64 },
  ),
} as const;
