import type { Command } from 'commander';
import type { Client } from '../api/client.js';
import type { OperationView, RolloutView } from '../api/views.js';
import { connect } from '../connect.js';
import { say, type Context } from '../context.js';
import type { Ended } from '../ended.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { followRollout, rolloutExit } from '../follow-rollout.js';
import { outputOption, printResult, type MachineFormat } from '../output.js';
import { operationResult } from '../render/operation.js';
import { segment } from '../resources/resource.js';
import { newestRollout, rolloutName } from '../resources/rollouts.js';
import { nameOf, wholeNumber } from './names.js';
import { addShowCommand } from './rollout-show.js';
import { rolloutNumber } from './apply.js';

type Output = { readonly output?: MachineFormat };
type Following = Output & { readonly wait: boolean };

export function addRolloutCommands(program: Command, context: Context, ended: Ended): void {
  const rollout = program
    .command('rollout')
    .summary('follow, tell and steer rollouts')
    .description('Follows, tells and steers rollouts.');
  rollout
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
  addShowCommand(rollout, context);
  for (const [verb, summary, means, done] of STEERS)
    rollout
      .command(verb)
      .summary(summary)
      .description(`${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}. ${means}`)
      .addArgument(nameOf('service'))
      .addOption(outputOption())
      .action(async (service: string, { output }: Output) => {
        const path = `/v1/services/${segment(service)}/rollout/${verb}`;
        const { body } = await (await connect(context)).change<RolloutView>('POST', path);
        say(context, `How it goes on: diecast rollout watch ${service}`);
        printResult(context, output, body, `rollout ${rolloutName(body)} ${done}`);
      });
  rollout
    .command('abort')
    .summary('abort the running rollout of a service')
    .description(
      'Aborts the running rollout of a service: it goes back to the iteration that was last known to be good, and the way back\n' +
        'is followed to its end. Without such an iteration the rollout fails, and what serves stays.',
    )
    .addArgument(nameOf('service'))
    .option('--no-wait', 'do not follow the way back')
    .addOption(outputOption())
    .action(async (service: string, options: Following) => abort(context, ended, service, options));
  program
    .command('rollback')
    .summary('go back to an earlier iteration')
    .description('Takes a service back to an earlier iteration, and follows the rollout to its end.')
    .addArgument(nameOf('service'))
    .option('--to <iteration>', 'this one; by default the last one known to be good', wholeNumber)
    .option('--no-wait', 'do not follow the rollout')
    .addOption(outputOption())
    .action(async (service: string, options: Following & { to?: number }) =>
      rollBack(context, ended, service, options),
    );
}

/** Of the running rollout: the verb, what it does, what that means, and the word for it when it is done. */
const STEERS = [
  [
    'pause',
    'pause the running rollout of a service',
    'Nothing is cast, replaced or switched until it is resumed.',
    'paused',
  ],
  [
    'resume',
    'let the paused rollout of a service go on',
    'The time that it stood still counts for no deadline.',
    'resumed',
  ],
  [
    'promote',
    'take the running rollout of a service a step further',
    'A canary goes to its next step, a blue-green one gives all requests to the new set.',
    'promoted',
  ],
] as const;

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
  { to, ...options }: Following & { readonly to?: number },
): Promise<void> {
  const client = await connect(context);
  const path = `/v1/services/${segment(service)}/rollback`;
  const body = to === undefined ? {} : { iteration: to };
  const { body: operation } = await client.change<OperationView>('POST', path, body);
  await followBack(context, ended, client, service, operation, options);
}

async function abort(context: Context, ended: Ended, service: string, options: Following): Promise<void> {
  const client = await connect(context);
  const path = `/v1/services/${segment(service)}/rollout/abort`;
  const { status, body } = await client.change<OperationView | RolloutView>('POST', path);
  if (status === 202) return followBack(context, ended, client, service, body as OperationView, options);
  const rollout = body as RolloutView;
  say(context, 'No iteration was ever known to be good: what serves stays.');
  printResult(context, options.output, rollout, `rollout ${rolloutName(rollout)} ${rollout.status}`);
}

/** Follows the rollout that an operation brings about, if it is to be followed. */
async function followBack(
  context: Context,
  ended: Ended,
  client: Client,
  service: string,
  operation: OperationView,
  { wait, output }: Following,
): Promise<void> {
  const number = rolloutNumber(operation);
  if (!wait || number === undefined)
    return printResult(context, output, operation, operationResult(operation));
  const rollout = await followRollout(context, client, service, number);
  printResult(context, output, rollout, `rollout ${rolloutName(rollout)} ${rollout.status}`);
  ended(rolloutExit(rollout));
}
