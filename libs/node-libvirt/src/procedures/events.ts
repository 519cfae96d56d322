import { flags, i32, maybe, text } from '../wire/codec.js';
import { remote, qemu } from './procedure.js';
import { domain, network, nodeDevice, secret, storagePool } from './references.js';

/** Registrations of events. They belong to one connection; `Libvirt.events` calls them. */
export const registrationProcedures = {
  networkEventRegisterAny: remote(
    'CONNECT_NETWORK_EVENT_REGISTER_ANY',
    313,
    { eventID: i32, net: maybe(network) },
    { callbackID: i32 },
  ),
  networkEventDeregisterAny: remote('CONNECT_NETWORK_EVENT_DEREGISTER_ANY', 314, { callbackID: i32 }, {}),
  /** `eventID` is one of virDomainEventID; no `dom` means all of them. */
  domainEventCallbackRegisterAny: remote(
    'CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY',
    316,
    { eventID: i32, dom: maybe(domain) },
    { callbackID: i32 },
  ),
  domainEventCallbackDeregisterAny: remote(
    'CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY',
    317,
    { callbackID: i32 },
    {},
  ),
  storagePoolEventRegisterAny: remote(
    'CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY',
    368,
    { eventID: i32, pool: maybe(storagePool) },
    { callbackID: i32 },
  ),
  storagePoolEventDeregisterAny: remote(
    'CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY',
    369,
    { callbackID: i32 },
    {},
  ),
  nodeDeviceEventRegisterAny: remote(
    'CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY',
    374,
    { eventID: i32, dev: maybe(nodeDevice) },
    { callbackID: i32 },
  ),
  nodeDeviceEventDeregisterAny: remote(
    'CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY',
    375,
    { callbackID: i32 },
    {},
  ),
  secretEventRegisterAny: remote(
    'CONNECT_SECRET_EVENT_REGISTER_ANY',
    380,
    { eventID: i32, secret: maybe(secret) },
    { callbackID: i32 },
  ),
  secretEventDeregisterAny: remote('CONNECT_SECRET_EVENT_DEREGISTER_ANY', 381, { callbackID: i32 }, {}),
  /** Flags: 1 the event is a regular expression, 2 whatever its case. */
  domainMonitorEventRegister: qemu(
    'QEMU_CONNECT_DOMAIN_MONITOR_EVENT_REGISTER',
    4,
    { dom: maybe(domain), event: maybe(text), flags },
    { callbackID: i32 },
  ),
  domainMonitorEventDeregister: qemu(
    'QEMU_CONNECT_DOMAIN_MONITOR_EVENT_DEREGISTER',
    5,
    { callbackID: i32 },
    {},
  ),
} as const;
