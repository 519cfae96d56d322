import type { Client } from './api/client.js';
import { follow } from './api/events.js';
import type { OperationView } from './api/views.js';
import type { Context } from './context.js';
import { CliError, Interrupted } from './errors.js';
import { EXIT } from './exit-codes.js';
import { endLines, isAtRest, operationBar, operationLine } from './render/operation.js';
import { openScreen } from './screen.js';

const STREAM_START = '0';

/**
 * Shows how an operation goes on until it is over or stuck.
 * @throws Interrupted that says how to watch it again; ProblemError, UnreachableError
 */
export async function followOperation(context: Context, client: Client, id: string): Promise<OperationView> {
  const screen = openScreen(context);
  try {
    let before: OperationView | undefined;
    for await (const operation of changesOf(context, client, id)) {
      const line = operationLine(operation, before);
      if (screen.isLive) screen.show([operationBar(operation)]);
      else if (line !== undefined) screen.say(line);
      before = operation;
      if (isAtRest(operation)) break;
    }
    const end = await client.get<OperationView>(`/v1/operations/${encodeURIComponent(id)}`);
    for (const line of endLines(end)) screen.say(line);
    return end;
  } catch (error) {
    throw withWayBack(error, 'The operation', `operation watch ${id}`);
  } finally {
    screen.leave();
  }
}

async function* changesOf(context: Context, client: Client, id: string): AsyncGenerator<OperationView, void> {
  const path = `/v1/operations/${encodeURIComponent(id)}/events`;
  for await (const happened of follow(client, path, { after: STREAM_START, signal: context.signal }))
    if (!happened.opened && happened.event.type === 'operation.changed')
      yield happened.event.data as unknown as OperationView;
}

/** The same error; when we only stopped watching, with the command that watches again. */
export function withWayBack(error: unknown, subject: string, command: string): unknown {
  const hint = `${subject} goes on. Watch it again: diecast ${command}`;
  if (error instanceof Interrupted) return new Interrupted([hint]);
  if (error instanceof CliError && error.exitCode === EXIT.unreachable)
    return new CliError(error.exitCode, error.message, [hint]);
  return error;
}
