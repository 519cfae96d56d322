import { bool, flags, i32, maybe, opaque, optional, text, typedParams, u64 } from '../wire/codec.js';
import { remote } from './procedure.js';
import { domain } from './references.js';

export const migrateProcedures = {
  prepare: remote(
    'DOMAIN_MIGRATE_PREPARE',
    61,
    { uriIn: maybe(text), flags: u64, dname: maybe(text), resource: u64 },
    { cookie: opaque(4_194_304), uriOut: optional(text) },
  ),
  perform: remote(
    'DOMAIN_MIGRATE_PERFORM',
    62,
    { dom: domain, cookie: opaque(4_194_304), uri: text, flags: u64, dname: maybe(text), resource: u64 },
    {},
    { long: true },
  ),
  finish: remote(
    'DOMAIN_MIGRATE_FINISH',
    63,
    { dname: text, cookie: opaque(4_194_304), uri: text, flags: u64 },
    { ddom: domain },
  ),
  prepare2: remote(
    'DOMAIN_MIGRATE_PREPARE2',
    108,
    { uriIn: maybe(text), flags: u64, dname: maybe(text), resource: u64, domXml: text },
    { cookie: opaque(4_194_304), uriOut: optional(text) },
  ),
  finish2: remote(
    'DOMAIN_MIGRATE_FINISH2',
    109,
    { dname: text, cookie: opaque(4_194_304), uri: text, flags: u64, retcode: i32 },
    { ddom: domain },
  ),
  prepareTunnel: remote(
    'DOMAIN_MIGRATE_PREPARE_TUNNEL',
    148,
    { flags: u64, dname: maybe(text), resource: u64, domXml: text },
    {},
    { stream: 'write' },
  ),
  /** Milliseconds; while the job runs. */
  setMaxDowntime: remote('DOMAIN_MIGRATE_SET_MAX_DOWNTIME', 166, { dom: domain, downtime: u64, flags }, {}),
  /** MiB/s; before the job or while it runs. Flags are MIGRATE_SPEED. */
  setMaxSpeed: remote('DOMAIN_MIGRATE_SET_MAX_SPEED', 207, { dom: domain, bandwidth: u64, flags }, {}),
  begin3: remote(
    'DOMAIN_MIGRATE_BEGIN3',
    213,
    { dom: domain, xmlin: maybe(text), flags: u64, dname: maybe(text), resource: u64 },
    { cookieOut: opaque(4_194_304), xml: text },
  ),
  prepare3: remote(
    'DOMAIN_MIGRATE_PREPARE3',
    214,
    {
      cookieIn: opaque(4_194_304),
      uriIn: maybe(text),
      flags: u64,
      dname: maybe(text),
      resource: u64,
      domXml: text,
    },
    { cookieOut: opaque(4_194_304), uriOut: optional(text) },
  ),
  prepareTunnel3: remote(
    'DOMAIN_MIGRATE_PREPARE_TUNNEL3',
    215,
    { cookieIn: opaque(4_194_304), flags: u64, dname: maybe(text), resource: u64, domXml: text },
    { cookieOut: opaque(4_194_304) },
    { stream: 'write' },
  ),
  perform3: remote(
    'DOMAIN_MIGRATE_PERFORM3',
    216,
    {
      dom: domain,
      xmlin: maybe(text),
      cookieIn: opaque(4_194_304),
      dconnuri: maybe(text),
      uri: maybe(text),
      flags: u64,
      dname: maybe(text),
      resource: u64,
    },
    { cookieOut: opaque(4_194_304) },
    { long: true },
  ),
  finish3: remote(
    'DOMAIN_MIGRATE_FINISH3',
    217,
    {
      dname: text,
      cookieIn: opaque(4_194_304),
      dconnuri: maybe(text),
      uri: maybe(text),
      flags: u64,
      cancelled: bool,
    },
    { dom: domain, cookieOut: opaque(4_194_304) },
    { long: true },
  ),
  confirm3: remote(
    'DOMAIN_MIGRATE_CONFIRM3',
    218,
    { dom: domain, cookieIn: opaque(4_194_304), flags: u64, cancelled: bool },
    {},
    { long: true },
  ),
  /** MiB/s. Flags are MIGRATE_SPEED. */
  getMaxSpeed: remote('DOMAIN_MIGRATE_GET_MAX_SPEED', 242, { dom: domain, flags }, { bandwidth: u64 }),
  /** Bytes, for XBZRLE. */
  getCompressionCache: remote(
    'DOMAIN_MIGRATE_GET_COMPRESSION_CACHE',
    299,
    { dom: domain, flags },
    { cacheSize: u64 },
  ),
  /** Bytes, for XBZRLE. */
  setCompressionCache: remote(
    'DOMAIN_MIGRATE_SET_COMPRESSION_CACHE',
    300,
    { dom: domain, cacheSize: u64, flags },
    {},
  ),
  /** At the source; the answer is the XML and a cookie for the destination. */
  begin3Params: remote(
    'DOMAIN_MIGRATE_BEGIN3_PARAMS',
    302,
    { dom: domain, params: typedParams(64), flags },
    { cookieOut: opaque(4_194_304), xml: text },
  ),
  /** At the destination: starts a QEMU that waits for the memory. */
  prepare3Params: remote(
    'DOMAIN_MIGRATE_PREPARE3_PARAMS',
    303,
    { params: typedParams(64), cookieIn: opaque(4_194_304), flags },
    { cookieOut: opaque(4_194_304), uriOut: optional(text) },
  ),
  prepareTunnel3Params: remote(
    'DOMAIN_MIGRATE_PREPARE_TUNNEL3_PARAMS',
    304,
    { params: typedParams(64), cookieIn: opaque(4_194_304), flags },
    { cookieOut: opaque(4_194_304) },
    { stream: 'write' },
  ),
  /** At the source; answers when all is moved. Peer to peer, this is the only call. */
  perform3Params: remote(
    'DOMAIN_MIGRATE_PERFORM3_PARAMS',
    305,
    { dom: domain, dconnuri: maybe(text), params: typedParams(64), cookieIn: opaque(4_194_304), flags },
    { cookieOut: opaque(4_194_304) },
    { long: true },
  ),
  /** At the destination. */
  finish3Params: remote(
    'DOMAIN_MIGRATE_FINISH3_PARAMS',
    306,
    { params: typedParams(64), cookieIn: opaque(4_194_304), flags, cancelled: bool },
    { dom: domain, cookieOut: opaque(4_194_304) },
    { long: true },
  ),
  /** At the source. */
  confirm3Params: remote(
    'DOMAIN_MIGRATE_CONFIRM3_PARAMS',
    307,
    { dom: domain, params: typedParams(64), cookieIn: opaque(4_194_304), flags, cancelled: bool },
    {},
    { long: true },
  ),
  /** For a migration that was begun with MIGRATE.POSTCOPY: the target goes on at once, and memory follows. */
  startPostCopy: remote('DOMAIN_MIGRATE_START_POST_COPY', 364, { dom: domain, flags }, {}),
  /** Milliseconds. */
  getMaxDowntime: remote('DOMAIN_MIGRATE_GET_MAX_DOWNTIME', 387, { dom: domain, flags }, { downtime: u64 }),
} as const;
