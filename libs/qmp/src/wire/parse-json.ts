import { QmpTransportError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { QmpLimits } from '../limits.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** Makes a brace of a bracket, and leaves a brace alone. */
const AS_BRACE = 0x20;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON within limits, which are looked at before anything is built from it.
 *
 * Numbers become numbers: an integer above 2^53 loses its last digits.
 * @throws QmpTransportError `limit` or `protocol`
 */
export function parseJson(bytes: Uint8Array, limits: Pick<QmpLimits, 'maxDepth' | 'maxValues'>): JsonValue {
  refuseMoreThanAllowed(bytes, limits);
  try {
    return JSON.parse(decoder.decode(bytes)) as JsonValue;
  } catch (error) {
    throw new QmpTransportError('protocol', 'the server sent a line that is not JSON', error);
  }
}

/** Counts what the text would become. What is not JSON is counted as well, and refused by the parser. */
function refuseMoreThanAllowed(
  bytes: Uint8Array,
  { maxDepth, maxValues }: Pick<QmpLimits, 'maxDepth' | 'maxValues'>,
): void {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COMMA) values += 1;
    else if ((byte | AS_BRACE) === OPENING_BRACE) {
      depth += 1;
      values += 1;
      if (depth > maxDepth)
        throw new QmpTransportError('limit', `the server sent JSON that is more than ${maxDepth} deep`);
    } else if ((byte | AS_BRACE) === CLOSING_BRACE) depth -= 1;
    if (values > maxValues)
      throw new QmpTransportError('limit', `the server sent more than ${maxValues} values in one line`);
  }
}
