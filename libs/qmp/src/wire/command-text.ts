import type { JsonObject, JsonValue } from '../json.js';

export type Command = {
  readonly name: string;
  readonly args: JsonObject | undefined;
  readonly outOfBand: boolean;
};

/**
 * A command as QEMU reads it. What QEMU's parser would refuse is refused here: it could not tell whose command that was, and
 * its answer would be nobody's.
 * @throws TypeError when the arguments cannot be said in JSON
 */
export function commandText({ name, args, outOfBand }: Command, id?: number): string {
  const verb = outOfBand ? 'exec-oob' : 'execute';
  return JSON.stringify({ [verb]: name, arguments: args, id }, refuseUnspeakable);
}

function refuseUnspeakable(member: string, value: JsonValue): JsonValue {
  if (!member.isWellFormed() || (typeof value === 'string' && !value.isWellFormed()))
    throw new TypeError(`the argument "${member.toWellFormed()}" holds half of a surrogate pair`);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TypeError(`the argument "${member}" is ${value}, which JSON cannot say`);
  return value;
}
