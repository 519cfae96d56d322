import { InvalidArgumentError, type Command } from 'commander';
import type { OperationView } from '../api/views.js';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import type { Ended } from '../ended.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { followRollout, rolloutExit } from '../follow-rollout.js';
import { outputOption, printResult, type MachineFormat } from '../output.js';
import { operationResult } from '../render/operation.js';
import { segment } from '../resources/resource.js';
import { newestRollout, rolloutName } from '../resources/rollouts.js';
import { nameOf } from './names.js';
import { rolloutNumber } from './apply.js';

type Output = { readonly output?: MachineFormat };

export function addRolloutCommands(program: Command, context: Context, ended: Ended): void {
  program
    .command('rollout')
    .summary('follow rollouts')
    .description('Follows rollouts.')
    .command('watch')
    .summary('watch the newest rollout of a service')
    .description(
      'Watches the newest rollout of a service until it ends: one line per machine as it is assembled, healthy, in\n' +
        'traffic, draining and gone, and every decision with its reason. Ends with 0 when the rollout succeeded, with 1 when\n' +
        'it failed or was rolled back, with 5 when another one superseded it.',
    )
    .addArgument(nameOf('service'))
    .addOption(outputOption())
    .action(async (service: string, options: Output) => watch(context, ended, service, options));
  program
    .command('rollback')
    .summary('go back to an earlier iteration')
    .description('Takes a service back to an earlier iteration, and follows the rollout to its end.')
    .addArgument(nameOf('service'))
    .option('--to <iteration>', 'this one; by default the last one known to be good', wholeNumber)
    .option('--no-wait', 'do not follow the rollout')
    .addOption(outputOption())
    .action(async (service: string, options: Output & { to?: number; wait: boolean }) =>
      rollBack(context, ended, service, options),
    );
}

export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

async function watch(context: Context, ended: Ended, service: string, { output }: Output): Promise<void> {
  const client = await connect(context);
  const newest = await newestRollout(client, service);
  if (newest === undefined) throw new CliError(EXIT.notFound, `Service ${service} had no rollout yet.`);
  const rollout = await followRollout(context, client, service, newest.number);
  printResult(context, output, rollout, `rollout ${rolloutName(rollout)} ${rollout.status}`);
  ended(rolloutExit(rollout));
}

async function rollBack(
  context: Context,
  ended: Ended,
  service: string,
  { to, wait, output }: Output & { readonly to?: number; readonly wait: boolean },
): Promise<void> {
  const client = await connect(context);
  const path = `/v1/services/${segment(service)}/rollback`;
  const body = to === undefined ? {} : { iteration: to };
  const { body: operation } = await client.change<OperationView>('POST', path, body);
  const number = rolloutNumber(operation);
  if (!wait || number === undefined)
    return printResult(context, output, operation, operationResult(operation));
  const rollout = await followRollout(context, client, service, number);
  printResult(context, output, rollout, `rollout ${rolloutName(rollout)} ${rollout.status}`);
  ended(rolloutExit(rollout));
}
