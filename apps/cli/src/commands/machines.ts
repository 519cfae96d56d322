import type { Command } from 'commander';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import type { Ended } from '../ended.js';
import { findInstance } from '../resources/instances.js';
import { findSnapshot } from '../resources/snapshots.js';
import { startAndFollow, withFollowOptions, type FollowOptions } from '../start-and-follow.js';
import { nameOf, NameOption } from './names.js';

export function addMachineCommands(program: Command, context: Context, ended: Ended): void {
  withFollowOptions(program.command('migrate'))
    .summary('move a running machine to another host')
    .description('Moves a running machine to another host, while it serves.')
    .addArgument(nameOf('instance'))
    .addOption(new NameOption('host', '--to <host>', 'where to; by default the best host that it is not on'))
    .action(async (name: string, { to, ...options }: FollowOptions & { readonly to?: string }) => {
      const client = await connect(context);
      const { id } = await findInstance(client, name);
      const body = to === undefined ? {} : { host: to };
      const order = { method: 'POST', path: `/v1/instances/${id}/migrate`, body } as const;
      await startAndFollow(context, ended, client, order, options);
    });
  withFollowOptions(program.command('snapshot'))
    .summary('take a snapshot of a running machine')
    .description('Takes a snapshot of a running machine.')
    .addArgument(nameOf('instance'))
    .argument('<name>', 'what you call the snapshot')
    .option(
      '--memory',
      'with the memory: restored, it goes on where it was; without, it starts from the disk',
    )
    .action(async (name: string, called: string, options: FollowOptions & { readonly memory?: true }) => {
      const client = await connect(context);
      const { id } = await findInstance(client, name);
      const body = { name: called, withMemory: options.memory === true };
      const order = { method: 'POST', path: `/v1/instances/${id}/snapshots`, body } as const;
      await startAndFollow(context, ended, client, order, options);
    });
  withFollowOptions(program.command('restore'))
    .summary('restore a snapshot as a new machine')
    .description('Restores a snapshot as a new machine, with an identity and an address of its own.')
    .addArgument(nameOf('snapshot'))
    .action(async (name: string, options: FollowOptions) => {
      const client = await connect(context);
      const { id } = await findSnapshot(client, name);
      const order = { method: 'POST', path: `/v1/snapshots/${id}/restore` } as const;
      await startAndFollow(context, ended, client, order, options);
    });
}
