import type { QmpEvents } from '../gen/events.js';
import type { JsonObject } from '../json.js';

/** An event whose data has a type. */
export type EventName = keyof QmpEvents;

export type EventData<N extends string> = N extends EventName ? QmpEvents[N] : JsonObject;

/** Something that QEMU tells unasked. */
export type QmpEvent<N extends string = string> = N extends string
  ? {
      readonly name: N;
      readonly data: EventData<N>;
      /** QEMU's own clock, since 1970; -1 and -1 when it could not read it. */
      readonly timestamp: { readonly seconds: number; readonly microseconds: number };
      /** The same in milliseconds, with fractions. */
      readonly atMs: number;
    }
  : never;

/** Narrows an event of an unfiltered subscription. */
export function isEvent<N extends EventName>(event: QmpEvent, name: N): event is QmpEvent<N> & QmpEvent {
  return event.name === name;
}
