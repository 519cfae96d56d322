export { QmpClient, type ConnectOptions } from './client.js';
export { libvirtPassthrough } from './doors/libvirt-passthrough.js';
export type { QmpAddress } from './doors/open-socket.js';
export type { MonitorPassthrough, PassthroughEvent, PassthroughOptions } from './doors/passthrough.js';
export {
  isQmpError,
  QmpError,
  QmpEventsLostError,
  QmpJobError,
  QmpTimeoutError,
  QmpTransportError,
  type QmpErrorClass,
  type QmpTransportFailure,
} from './errors.js';
export { isEvent, type EventData, type EventName, type QmpEvent } from './events/event.js';
export type { QmpCommands } from './gen/commands.js';
export type { QmpEvents } from './gen/events.js';
export type * from './gen/types.js';
export { TYPES_FROM } from './gen/version.js';
export { Jobs, type WaitForJob } from './jobs.js';
export type { JsonObject, JsonValue } from './json.js';
export { DEFAULT_LIMITS, type QmpLimits } from './limits.js';
export type {
  CommandArguments,
  CommandInput,
  CommandName,
  CommandOptions,
  CommandResult,
  EventSubscription,
  QmpMonitor,
  SubscribeOptions,
} from './monitor.js';
export type { Greeting } from './wire/message.js';
