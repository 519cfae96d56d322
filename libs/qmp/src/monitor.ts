import type { EventName, QmpEvent } from './events/event.js';
import type { QmpCommands } from './gen/commands.js';
import type { Nothing } from './gen/types.js';
import type { JsonObject, JsonValue } from './json.js';

/** A command whose arguments and result have a type. */
export type CommandName = keyof QmpCommands;

export type CommandArguments<N extends string> = N extends CommandName
  ? QmpCommands[N]['arguments']
  : JsonObject;

export type CommandResult<N extends string> = N extends CommandName ? QmpCommands[N]['result'] : JsonValue;

export type CommandOptions = {
  /** Milliseconds from now until the caller gives up; default 30,000. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /**
   * Runs it out of band (`exec-oob`): at once, also while QEMU is busy with another command. Only few commands can, and only
   * through a socket.
   */
  readonly outOfBand?: boolean;
};

/** The arguments may be left out where none is required. */
export type CommandInput<N extends string> =
  Nothing extends CommandArguments<N>
    ? [args?: CommandArguments<N>, options?: CommandOptions]
    : [args: CommandArguments<N>, options?: CommandOptions];

export type SubscribeOptions<N extends string> = {
  /** Names of events; all events without it. */
  readonly only?: readonly N[];
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for the subscription to stand; default 30,000. */
  readonly deadlineMs?: number;
};

/** Ends with `return()`, by leaving a `for await`, or with its signal. */
export type EventSubscription<N extends string = string> = AsyncIterableIterator<QmpEvent<N>, undefined> &
  AsyncDisposable;

/** What a monitor does for its users, whatever it is reached through. */
export interface QmpMonitor {
  /**
   * Runs a command. Those that Diecast uses have types; any other takes JSON and gives JSON, and so does a known name that is
   * widened to `string`, for members that the types do not have.
   * @throws QmpError when QEMU refuses; branch on its `errorClass`
   * @throws QmpTimeoutError after the deadline, the signal's reason when it aborts; the command may still have its effect
   * @throws QmpTransportError when the connection ends
   * @throws TypeError when the arguments cannot be said in JSON
   */
  execute<N extends CommandName | (string & {})>(
    name: N,
    ...input: CommandInput<N>
  ): Promise<CommandResult<N>>;

  /**
   * Subscribes to events. When this resolves, nothing that happens from now on is missed. The iteration ends when the subscription
   * or the client is closed on this side.
   *
   * It throws a QmpTransportError when the connection is lost, and a QmpEventsLostError when more events wait for the reader than
   * the limits allow. Either way: look at what the events would have told, and subscribe again.
   */
  events<N extends EventName | (string & {}) = string>(
    options?: SubscribeOptions<N>,
  ): Promise<EventSubscription<N>>;
}
