import { QmpTransportError } from '../errors.js';
import type { QmpEvent } from '../events/event.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';
import type { QmpLimits } from '../limits.js';
import { parseJson } from './parse-json.js';

/** What QEMU says of itself when somebody connects. */
export type Greeting = {
  readonly version: {
    readonly qemu: { readonly major: number; readonly minor: number; readonly micro: number };
    /** What the distribution adds, e.g. `Debian 1:7.2+dfsg-7+deb12u18`; empty for an upstream build. */
    readonly package: string;
  };
  /** What it could do beyond the basic protocol, e.g. `oob`. */
  readonly capabilities: readonly string[];
};

/** How a command ended. */
export type Outcome =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly errorClass: string; readonly description: string };

export type Message =
  | { readonly kind: 'greeting'; readonly greeting: Greeting }
  | { readonly kind: 'answer'; readonly id: JsonValue | undefined; readonly outcome: Outcome }
  | { readonly kind: 'event'; readonly event: QmpEvent };

/** One line from a server. @throws QmpTransportError `protocol` or `limit` */
export function readMessage(line: Uint8Array, limits: QmpLimits): Message {
  const message = parseJson(line, limits);
  if (isJsonObject(message)) {
    if (Object.hasOwn(message, 'event')) return { kind: 'event', event: readEvent(message) };
    if (Object.hasOwn(message, 'QMP')) return { kind: 'greeting', greeting: readGreeting(message['QMP']) };
    const outcome = readOutcome(message);
    if (outcome !== undefined) return { kind: 'answer', id: own(message, 'id'), outcome };
  }
  throw new QmpTransportError('protocol', 'the server sent JSON that is not QMP');
}

/** `return` or `error` of an answer; undefined when it has neither. @throws QmpTransportError `protocol` */
export function readOutcome(answer: JsonObject): Outcome | undefined {
  const value = own(answer, 'return');
  if (value !== undefined) return { ok: true, value };
  const error = own(answer, 'error');
  if (error === undefined) return undefined;
  if (!isJsonObject(error)) throw notQmp('an error');
  const { class: errorClass, desc } = error;
  if (typeof errorClass !== 'string' || typeof desc !== 'string') throw notQmp('an error');
  return { ok: false, errorClass, description: desc };
}

/** The result of `query-version` as well as a part of the greeting. @throws QmpTransportError `protocol` */
export function readVersion(version: JsonValue | undefined): Greeting['version'] {
  if (!isJsonObject(version) || !isJsonObject(version['qemu'])) throw notQmp('a version');
  const { major, minor, micro } = version['qemu'];
  const { package: distribution } = version;
  if (typeof major !== 'number' || typeof minor !== 'number' || typeof micro !== 'number')
    throw notQmp('a version');
  if (typeof distribution !== 'string') throw notQmp('a version');
  return { qemu: { major, minor, micro }, package: distribution };
}

function readGreeting(greeting: JsonValue | undefined): Greeting {
  if (!isJsonObject(greeting) || !Array.isArray(greeting['capabilities'])) throw notQmp('a greeting');
  const capabilities: readonly unknown[] = greeting['capabilities'];
  return {
    version: readVersion(greeting['version']),
    capabilities: capabilities.filter((capability) => typeof capability === 'string'),
  };
}

function readEvent(message: JsonObject): QmpEvent {
  const { event, timestamp } = message;
  const data = own(message, 'data') ?? {};
  if (typeof event !== 'string' || !isJsonObject(data) || !isJsonObject(timestamp)) throw notQmp('an event');
  const { seconds, microseconds } = timestamp;
  if (typeof seconds !== 'number' || typeof microseconds !== 'number') throw notQmp('an event');
  return eventOf(event, data, { seconds, microseconds });
}

export function eventOf(name: string, data: JsonObject, timestamp: QmpEvent['timestamp']): QmpEvent {
  return { name, data, timestamp, atMs: timestamp.seconds * 1000 + timestamp.microseconds / 1000 };
}

/** A member of the message itself, not of what objects inherit. */
function own(message: JsonObject, member: string): JsonValue | undefined {
  return Object.hasOwn(message, member) ? message[member] : undefined;
}

function notQmp(what: string): QmpTransportError {
  return new QmpTransportError('protocol', `the server sent ${what} that is not as QMP has it`);
}
