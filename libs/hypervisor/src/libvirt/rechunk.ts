/** The same bytes in pieces of exactly `size`, but for the last. Holds at most one piece and one chunk. */
export async function* rechunk(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of source) {
    let rest = chunk;
    while (held + rest.length >= size) {
      const head = rest.subarray(0, size - held);
      yield Buffer.concat([...parts, head]);
      parts = [];
      held = 0;
      rest = rest.subarray(head.length);
    }
    if (rest.length > 0) {
      parts.push(rest);
      held += rest.length;
    }
  }
  if (held > 0) yield Buffer.concat(parts);
}
