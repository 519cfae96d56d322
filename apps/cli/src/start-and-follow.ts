import type { Command } from 'commander';
import type { Client } from './api/client.js';
import type { OperationView } from './api/views.js';
import type { Context } from './context.js';
import type { Ended } from './ended.js';
import { EXIT } from './exit-codes.js';
import { followOperation } from './follow-operation.js';
import { outputOption, printResult, type MachineFormat } from './output.js';
import { operationResult } from './render/operation.js';

export type FollowOptions = { readonly wait: boolean; readonly output?: MachineFormat };

/** Options of every command that starts an operation. */
export const withFollowOptions = (command: Command): Command =>
  command.option('--no-wait', 'do not follow the operation').addOption(outputOption());

export type Order = {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
};

/** Starts an operation, follows it to its end unless told otherwise, and says how it ended. */
export async function startAndFollow(
  context: Context,
  ended: Ended,
  client: Client,
  { method, path, body }: Order,
  { wait, output }: FollowOptions,
): Promise<void> {
  const { body: started } = await client.change<OperationView | null>(method, path, body);
  // A host is forgotten at once.
  if (started === null) return printResult(context, output, null, 'done');
  const operation = wait ? await followOperation(context, client, started.id) : started;
  printResult(context, output, operation, operationResult(operation));
  if (wait && operation.status !== 'succeeded') ended(EXIT.failed);
}
