import { bool, flags, i32, list, maybe, needResults, text, typedParams, u32, u64 } from '../wire/codec.js';
import { remote } from './procedure.js';
import { checkpoint, domain, snapshot } from './references.js';

export const domainStateProcedures = {
  /** `to` is a file of the host. Flags are DUMP. */
  coreDump: remote('DOMAIN_CORE_DUMP', 53, { dom: domain, to: text, flags }, {}, { long: true }),
  restore: remote('DOMAIN_RESTORE', 54, { from: text }, {}, { long: true }),
  /** Answers when it is done. `to` is a file of the host. */
  save: remote('DOMAIN_SAVE', 55, { dom: domain, to: text }, {}, { long: true }),
  /** `type` is one of JOB_TYPE; milliseconds and bytes. `getJobStats` knows more. */
  getJobInfo: remote(
    'DOMAIN_GET_JOB_INFO',
    163,
    { dom: domain },
    {
      type: i32,
      timeElapsed: u64,
      timeRemaining: u64,
      dataTotal: u64,
      dataProcessed: u64,
      dataRemaining: u64,
      memTotal: u64,
      memProcessed: u64,
      memRemaining: u64,
      fileTotal: u64,
      fileProcessed: u64,
      fileRemaining: u64,
    },
  ),
  abortJob: remote('DOMAIN_ABORT_JOB', 164, { dom: domain }, {}),
  /** Answers when it is done; the next start wakes it. Flags are SAVE. */
  managedSave: remote('DOMAIN_MANAGED_SAVE', 182, { dom: domain, flags }, {}, { long: true }),
  hasManagedSaveImage: remote('DOMAIN_HAS_MANAGED_SAVE_IMAGE', 183, { dom: domain, flags }, { result: bool }),
  managedSaveRemove: remote('DOMAIN_MANAGED_SAVE_REMOVE', 184, { dom: domain, flags }, {}),
  hasCurrentSnapshot: remote('DOMAIN_HAS_CURRENT_SNAPSHOT', 190, { dom: domain, flags }, { result: bool }),
  /** Flags are SNAPSHOT_REVERT. */
  revertToSnapshot: remote('DOMAIN_REVERT_TO_SNAPSHOT', 192, { snap: snapshot, flags }, {}, { long: true }),
  /** Answers when it is done. Flags are SAVE. */
  saveFlags: remote(
    'DOMAIN_SAVE_FLAGS',
    232,
    { dom: domain, to: text, dxml: maybe(text), flags },
    {},
    { long: true },
  ),
  /** `dxml` replaces the XML in the file. Flags are SAVE. */
  restoreFlags: remote(
    'DOMAIN_RESTORE_FLAGS',
    233,
    { from: text, dxml: maybe(text), flags },
    {},
    { long: true },
  ),
  saveImageGetXmlDesc: remote('DOMAIN_SAVE_IMAGE_GET_XML_DESC', 235, { file: text, flags }, { xml: text }),
  saveImageDefineXml: remote('DOMAIN_SAVE_IMAGE_DEFINE_XML', 236, { file: text, dxml: text, flags }, {}),
  /** Flags are SNAPSHOT_LIST. */
  listAllSnapshots: remote(
    'DOMAIN_LIST_ALL_SNAPSHOTS',
    274,
    { dom: domain, needResults, flags },
    { snapshots: list(snapshot, 16_384), ret: i32 },
  ),
  /** `type` is one of JOB_TYPE; the parameter `operation` one of JOB_OPERATION. Flags are JOB_STATS. */
  getJobStats: remote(
    'DOMAIN_GET_JOB_STATS',
    298,
    { dom: domain, flags },
    { type: i32, params: typedParams(64) },
  ),
  /** `dumpformat` is one of CORE_DUMP_FORMAT. Flags are DUMP. */
  coreDumpWithFormat: remote(
    'DOMAIN_CORE_DUMP_WITH_FORMAT',
    334,
    { dom: domain, to: text, dumpformat: u32, flags },
    {},
    { long: true },
  ),
  managedSaveGetXmlDesc: remote(
    'DOMAIN_MANAGED_SAVE_GET_XML_DESC',
    388,
    { dom: domain, flags },
    { xml: text },
  ),
  managedSaveDefineXml: remote(
    'DOMAIN_MANAGED_SAVE_DEFINE_XML',
    389,
    { dom: domain, dxml: maybe(text), flags },
    {},
  ),
  /** Flags are CHECKPOINT_LIST. */
  listAllCheckpoints: remote(
    'DOMAIN_LIST_ALL_CHECKPOINTS',
    413,
    { dom: domain, needResults, flags },
    { checkpoints: list(checkpoint, 16_384), ret: i32 },
  ),
  /** Flags are BACKUP_BEGIN. A backup that is pulled ends with `domain.abortJob`. */
  backupBegin: remote(
    'DOMAIN_BACKUP_BEGIN',
    421,
    { dom: domain, backupXml: text, checkpointXml: maybe(text), flags },
    {},
  ),
  backupGetXmlDesc: remote('DOMAIN_BACKUP_GET_XML_DESC', 422, { dom: domain, flags }, { xml: text }),
  /** Parameters `file` and `dxml`. Flags are SAVE. */
  saveParams: remote(
    'DOMAIN_SAVE_PARAMS',
    440,
    { dom: domain, params: typedParams(64), flags },
    {},
    { long: true },
  ),
  /** Parameters `file` and `dxml`. Flags are SAVE. */
  restoreParams: remote('DOMAIN_RESTORE_PARAMS', 441, { params: typedParams(64), flags }, {}, { long: true }),
  /** Flags are ABORT_JOB. */
  abortJobFlags: remote('DOMAIN_ABORT_JOB_FLAGS', 442, { dom: domain, flags }, {}),
} as const;
