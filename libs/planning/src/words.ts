const SPELLED = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
] as const;

/** 1 → "one", 12 → "12". */
export const spell = (count: number): string => SPELLED[count] ?? String(count);

/** "1 machine", "2 machines". */
export const counted = (count: number, noun: string): string => `${count} ${plural(count, noun)}`;

export const plural = (count: number, noun: string): string => (count === 1 ? noun : `${noun}s`);

/** "2026-03-01T12:00:05Z": a moment for people, to the second. */
export const isoSeconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
