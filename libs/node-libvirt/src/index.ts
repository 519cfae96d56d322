export type { Credentials, CredentialSource } from './auth/credentials.js';
export type { CallMessage, CallPhase } from './connection/call-channel.js';
export type { CallOptions } from './connection/call-options.js';
export { CallStream } from './connection/call-stream.js';
export { STREAM_CHUNK } from './connection/stream-packets.js';
export { isHole, type Hole } from './connection/hole.js';
export { Connection, type ConnectionOptions } from './connection/connection.js';
export * from './constants/index.js';
export {
  LibvirtError,
  LibvirtTimeoutError,
  LibvirtTransferError,
  LibvirtTransportError,
  type LibvirtErrorFields,
  type TransferProblem,
  type TransportFailure,
} from './errors.js';
export { EVENT_NAMES, type EventName, type HostEvent } from './client/event-schema.js';
export type { MonitorEvent, MonitorFilter } from './client/events.js';
export type { SubscriptionEvent } from './client/follow.js';
export { Libvirt, type LibvirtOptions } from './client/libvirt.js';
export type { VolumePart } from './client/holes.js';
export type { TransferProgress } from './client/transfer.js';
export {
  downloadVolume,
  uploadVolume,
  type DownloadOptions,
  type TransferOptions,
  type UploadOptions,
  type UploadSource,
} from './client/volumes.js';
export {
  migrateDirect,
  migratePeerToPeer,
  MigrationUndecidedError,
  type Migrated,
  type MigrateDirectOptions,
  type MigrateOptions,
} from './client/migrate.js';
export { allOf, byField, typed } from './client/parameters.js';
export { P } from './procedures/index.js';
export type { Procedure, StreamProcedure } from './procedures/procedure.js';
export type * from './procedures/references.js';
export { parseLibvirtUri, type LibvirtUri, type Transport, type UriOptions } from './uri.js';
export type { TypedParam, TypedType, TypedValue } from './wire/codec.js';
