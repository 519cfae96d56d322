export { Connection, type CallOptions } from './connection.js';
export {
  LibvirtError,
  LibvirtTimeoutError,
  LibvirtTransportError,
  VIR_ERR,
  type TransportFailure,
} from './errors.js';
export * from './flags.js';
export { Libvirt, type LibvirtEvent, type LibvirtOptions, type MonitorEvent } from './libvirt.js';
export { CallStream, STREAM_CHUNK } from './stream.js';
export { parseLibvirtUri, type LibvirtUri, type Transport } from './uri.js';
export type { TypedParam, TypedValue } from './wire/codec.js';
export {
  P,
  type DomainRef,
  type NetworkRef,
  type PoolRef,
  type Procedure,
  type VolumeRef,
} from './wire/procedures.js';
