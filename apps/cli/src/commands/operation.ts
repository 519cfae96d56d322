import type { Command } from 'commander';
import type { OperationView } from '../api/views.js';
import { connect } from '../connect.js';
import { say, type Context } from '../context.js';
import type { Ended } from '../ended.js';
import { EXIT } from '../exit-codes.js';
import { followOperation } from '../follow-operation.js';
import { outputOption, printResult, type MachineFormat } from '../output.js';
import { isAtRest, operationResult } from '../render/operation.js';
import { segment } from '../resources/resource.js';
import { nameOf } from './names.js';

type Output = { readonly output?: MachineFormat };

const CHANGES = [
  [
    'cancel',
    'cancel an operation',
    'What it did is undone. Past the point from which there is only forward it is refused.',
  ],
  [
    'retry',
    'retry a stuck operation',
    'It goes on at the step that it stands at, once what its error names is put right.',
  ],
  ['abandon', 'give a stuck operation up', 'It fails, and what it left stays as it is.'],
] as const;

export function addOperationCommands(program: Command, context: Context, ended: Ended): void {
  const command = program
    .command('operation')
    .summary('follow, cancel, retry or abandon operations')
    .description('Follows, cancels, retries or abandons operations.');
  command
    .command('watch')
    .summary('watch an operation')
    .description(
      'Watches an operation until it is over or stuck. Ends with 0 when it succeeded, else with 1.',
    )
    .addArgument(nameOf('operation', '<id>'))
    .addOption(outputOption())
    .action(async (id: string, { output }: Output) => {
      const operation = await followOperation(context, await connect(context), id);
      printResult(context, output, operation, operationResult(operation));
      if (operation.status !== 'succeeded') ended(EXIT.failed);
    });
  for (const [verb, summary, means] of CHANGES)
    command
      .command(verb)
      .summary(summary)
      .description(`${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}. ${means}`)
      .addArgument(nameOf('operation', '<id>'))
      .addOption(outputOption())
      .action(async (id: string, { output }: Output) => {
        const client = await connect(context);
        const { body: operation } = await client.change<OperationView>(
          'POST',
          `/v1/operations/${segment(id)}/${verb}`,
        );
        if (!isAtRest(operation)) say(context, `How it goes on: diecast operation watch ${id}`);
        printResult(context, output, operation, operationResult(operation));
      });
}
