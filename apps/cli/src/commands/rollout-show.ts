import type { Command } from 'commander';
import type { WholeRolloutView } from '../api/views.js';
import { connect } from '../connect.js';
import { tell, type Context } from '../context.js';
import { CliError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { outputOption, printValue, type MachineFormat } from '../output.js';
import { segment } from '../resources/resource.js';
import { newestRollout } from '../resources/rollouts.js';
import { nameOf, wholeNumber } from './names.js';

/** Of `rollout`. */
export function addShowCommand(rollout: Command, context: Context): void {
  rollout
    .command('show')
    .summary('tell what happened in a rollout')
    .description(
      'Tells a rollout of a service as a story: every decision with its reason, every machine at its milestones, and what it\n' +
        'came to. By default the newest one.',
    )
    .addArgument(nameOf('service'))
    .argument('[number]', 'number of the rollout', wholeNumber)
    .addOption(outputOption())
    .action(async (service: string, number: number | undefined, { output }: { output?: MachineFormat }) => {
      const client = await connect(context);
      const which = number ?? (await newestRollout(client, service))?.number;
      if (which === undefined) throw new CliError(EXIT.notFound, `Service ${service} had no rollout yet.`);
      const view = await client.get<WholeRolloutView>(`/v1/services/${segment(service)}/rollouts/${which}`);
      if (output !== undefined) return printValue(context, output, view);
      for (const line of view.receipt.story) tell(context, line);
    });
}
