import {
  LEFT_TO_RIGHT,
  PROHIBITED,
  RIGHT_TO_LEFT,
  SPACES,
  TO_NOTHING,
  UNASSIGNED,
} from './stringprep-tables.js';

/**
 * A user name or password in the one spelling that both sides can compare (RFC 4013), as a "stored string".
 *
 * @throws TypeError for characters that cannot be in one; the message does not repeat the text, which may be a password
 */
export function saslPrepare(text: string): string {
  const mapped = Array.from(text, (character) =>
    SPACES.test(character) ? ' ' : TO_NOTHING.test(character) ? '' : character,
  ).join('');
  const prepared = mapped.normalize('NFKC');
  if (UNASSIGNED.test(prepared))
    throw new TypeError(
      'it has a character that is younger than Unicode 3.2, which SASLprep (RFC 4013) forbids',
    );
  if (PROHIBITED.test(prepared))
    throw new TypeError('it has a control or private character, which SASLprep (RFC 4013) forbids');
  if (!readsOneWay(prepared))
    throw new TypeError(
      'it mixes writing from right to left with other writing, which SASLprep (RFC 4013) forbids',
    );
  return prepared;
}

/** RFC 3454, section 6: writing from right to left stands alone, and first and last. */
function readsOneWay(text: string): boolean {
  if (!RIGHT_TO_LEFT.test(text)) return true;
  const characters = Array.from(text);
  return (
    !LEFT_TO_RIGHT.test(text) &&
    RIGHT_TO_LEFT.test(characters[0] ?? '') &&
    RIGHT_TO_LEFT.test(characters.at(-1) ?? '')
  );
}
