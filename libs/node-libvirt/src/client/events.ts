import { LibvirtError } from '../errors.js';
import { VIR_ERR, VIR_FROM } from '../constants/error.js';
import type { Connection } from '../connection/connection.js';
import { registrationProcedures } from '../procedures/events.js';
import type { DomainRef } from '../procedures/references.js';
import { decode, type Codec } from '../wire/codec.js';
import { PROGRAM, type Packet } from '../wire/packet.js';
import { EVENT_NAMES, EVENTS, MONITOR_EVENT, type EventName, type HostEvent } from './event-schema.js';

/** A QEMU monitor event with QEMU's own time stamp, in milliseconds since 1970. */
export type MonitorEvent = {
  readonly type: 'monitor';
  readonly dom: DomainRef;
  readonly event: string;
  readonly atMs: number;
  /** The event's `data`, as JSON. */
  readonly details: string | null;
};

const BY_PROCEDURE = new Map<number, EventName>(EVENT_NAMES.map((name) => [EVENTS[name].procedure, name]));
/** Of a kind of object that its driver does not have, or its daemon does not know. */
const NOT_THERE: ReadonlySet<number> = new Set([
  VIR_ERR.NO_SUPPORT,
  VIR_ERR.INVALID_ARG,
  VIR_ERR.OPERATION_UNSUPPORTED,
  VIR_ERR.RPC,
]);

/** What a daemon says of an event that it does not have. One that is younger than it has no code of its own. */
const isUnknownThere = (error: unknown): boolean =>
  error instanceof LibvirtError &&
  (NOT_THERE.has(error.code) || (error.code === VIR_ERR.INTERNAL_ERROR && error.domain === VIR_FROM.RPC));

/** Asks for the named events. Those that the daemon does not know are left out: they cannot happen there. */
export async function registerEvents(connection: Connection, names: readonly EventName[]): Promise<void> {
  const registering = names.map(async (name) => {
    const { id, register } = EVENTS[name];
    try {
      await connection.call(register, { eventID: id });
    } catch (error) {
      if (!isUnknownThere(error)) throw error;
    }
  });
  await Promise.all(registering);
}

export function readHostEvent(packet: Packet): HostEvent | undefined {
  const name = packet.program === PROGRAM.remote ? BY_PROCEDURE.get(packet.procedure) : undefined;
  if (name === undefined) return undefined;
  const schema: Codec<Readonly<Record<string, unknown>>> = EVENTS[name].body;
  const { callbackID: _, ...body } = decode(schema, packet.payload);
  return { type: name, ...body } as HostEvent;
}

export type MonitorFilter = {
  readonly dom?: DomainRef;
  /** The name of one event; by default all of them. */
  readonly event?: string;
};

export async function registerMonitorEvents(connection: Connection, filter: MonitorFilter): Promise<void> {
  await connection.call(registrationProcedures.domainMonitorEventRegister, filter);
}

export function readMonitorEvent(packet: Packet): MonitorEvent | undefined {
  if (packet.program !== PROGRAM.qemu || packet.procedure !== MONITOR_EVENT.procedure) return undefined;
  const { dom, event, seconds, micros, details } = decode(MONITOR_EVENT.body, packet.payload);
  return { type: 'monitor', dom, event, atMs: Number(seconds) * 1000 + micros / 1000, details };
}
