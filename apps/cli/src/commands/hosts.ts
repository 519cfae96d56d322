import type { Command } from 'commander';
import type { HostView } from '../api/views.js';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import type { Ended } from '../ended.js';
import { outputOption, printResult, type MachineFormat } from '../output.js';
import { segment } from '../resources/resource.js';
import { startAndFollow, withFollowOptions, type FollowOptions } from '../start-and-follow.js';
import { nameOf } from './names.js';

export function addHostCommands(program: Command, context: Context, ended: Ended): void {
  withFollowOptions(program.command('drain'))
    .summary('move every machine off a host')
    .description(
      'Moves every machine off a host, while it runs or by a new one elsewhere; the host gets no new ones.\n' +
        '"diecast uncordon" puts it back to work.',
    )
    .addArgument(nameOf('host'))
    .action(async (host: string, options: FollowOptions) => {
      const order = { method: 'POST', path: `/v1/hosts/${segment(host)}/drain`, body: {} } as const;
      await startAndFollow(context, ended, await connect(context), order, options);
    });
  for (const [verb, summary] of [
    ['cordon', 'give a host no new machines'],
    ['uncordon', 'put a host back to work'],
  ] as const)
    program
      .command(verb)
      .summary(summary)
      .description(`${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`)
      .addArgument(nameOf('host'))
      .addOption(outputOption())
      .action(async (name: string, { output }: { readonly output?: MachineFormat }) => {
        const client = await connect(context);
        const { body: host } = await client.change<HostView>('POST', `/v1/hosts/${segment(name)}/${verb}`);
        printResult(context, output, host, `host ${host.name} ${host.status}`);
      });
}
