import { i32, optional, struct, text, uuid, type Infer } from '../wire/codec.js';

/** How the daemon names its objects in calls and answers. It finds domains, networks and pools by their UUID. */
export const domain = struct({ name: text, uuid, id: i32 });
export const network = struct({ name: text, uuid });
export const networkPort = struct({ net: network, uuid });
export const nwfilter = struct({ name: text, uuid });
export const nwfilterBinding = struct({ portdev: text, filtername: text });
export const hostInterface = struct({ name: text, mac: text });
export const storagePool = struct({ name: text, uuid });
export const storageVol = struct({ pool: text, name: text, key: text });
export const nodeDevice = struct({ name: text });
export const secret = struct({ uuid, usageType: i32, usageID: text });
export const checkpoint = struct({ name: text, dom: domain });
export const snapshot = struct({ name: text, dom: domain });

/** `id` is -1 when the domain does not run. */
export type DomainRef = Infer<typeof domain>;
export type NetworkRef = Infer<typeof network>;
export type NetworkPortRef = Infer<typeof networkPort>;
export type NwfilterRef = Infer<typeof nwfilter>;
export type NwfilterBindingRef = Infer<typeof nwfilterBinding>;
export type InterfaceRef = Infer<typeof hostInterface>;
export type PoolRef = Infer<typeof storagePool>;
export type VolumeRef = Infer<typeof storageVol>;
export type NodeDeviceRef = Infer<typeof nodeDevice>;
export type SecretRef = Infer<typeof secret>;
export type CheckpointRef = Infer<typeof checkpoint>;
export type SnapshotRef = Infer<typeof snapshot>;

/** virError: what follows an answer whose status is an error. */
export const errorPayload = struct({
  code: i32,
  domain: i32,
  message: optional(text),
  level: i32,
  dom: optional(domain),
  str1: optional(text),
  str2: optional(text),
  str3: optional(text),
  int1: i32,
  int2: i32,
  net: optional(network),
});
