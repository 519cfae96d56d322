/** An event as it was sent (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export type SentEvent = { readonly id: string; readonly type: string; readonly data: string };

/** Reads events out of text that comes in pieces. Events without an id are none of Diecast's and are left out. */
export class EventText {
  private rest = '';

  /** @returns what is whole by now */
  push(piece: string): readonly SentEvent[] {
    // A piece may end between the two characters of a line break.
    const text = this.rest + piece;
    const held = text.endsWith('\r') ? 1 : 0;
    const blocks = text
      .slice(0, text.length - held)
      .replaceAll(/\r\n?/g, '\n')
      .split('\n\n');
    this.rest = (blocks.pop() ?? '') + text.slice(text.length - held);
    return blocks.flatMap(toEvent);
  }
}

function toEvent(block: string): readonly SentEvent[] {
  let id = '';
  let type = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === 'id') id = value;
    if (name === 'event') type = value;
    if (name === 'data') data.push(value);
  }
  return id === '' ? [] : [{ id, type, data: data.join('\n') }];
}
