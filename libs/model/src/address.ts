/** IPv4 arithmetic for address ranges. Addresses are 32-bit unsigned numbers inside, dotted text outside. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

export const formatIpv4 = (value: number): string =>
  [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');

export type AddressRange = { readonly rangeStart: string; readonly rangeEnd: string };

/** The lowest address of the range that nobody has; undefined when all are taken or the range is no range. */
export function firstFreeAddress(range: AddressRange, taken: ReadonlySet<string>): string | undefined {
  const start = parseIpv4(range.rangeStart);
  const end = parseIpv4(range.rangeEnd);
  if (start === undefined || end === undefined) return undefined;
  for (let value = start; value <= end; value += 1) {
    const text = formatIpv4(value);
    if (!taken.has(text)) return text;
  }
  return undefined;
}

/** A stable locally administered MAC in QEMU's 52:54:00 range from the last 24 bits of an instance's UUID. */
export function macOf(instanceId: string): string {
  const tail = instanceId.replaceAll('-', '').slice(-6).match(/../g) ?? [];
  return ['52', '54', '00', ...tail].join(':');
}
