import type { Command } from 'commander';
import type { Client } from '../api/client.js';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import type { Ended } from '../ended.js';
import { CliError, usageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { segment } from '../resources/resource.js';
import { findSnapshot } from '../resources/snapshots.js';
import { askYes } from '../settings/ask.js';
import { startAndFollow, withFollowOptions, type FollowOptions } from '../start-and-follow.js';
import { nameOf, type Noun } from './names.js';

type Options = FollowOptions & { readonly yes?: true };

type Deletable = {
  readonly noun: Noun;
  readonly means: string;
  readonly path: (client: Client, name: string) => Promise<string> | string;
};

const DELETABLE: readonly Deletable[] = [
  {
    noun: 'service',
    means: 'Its machines are discontinued, then it is gone.',
    path: (_, name) => `/v1/services/${segment(name)}`,
  },
  {
    noun: 'snapshot',
    means: 'Machines that stand on it run on.',
    path: async (client, name) => `/v1/snapshots/${(await findSnapshot(client, name)).id}`,
  },
  {
    noun: 'image',
    means: 'Its blobs go from every host.',
    path: (_, name) => `/v1/images/${segment(name)}`,
  },
  {
    noun: 'host',
    means: 'It is forgotten; nothing is changed on it.',
    path: (_, name) => `/v1/hosts/${segment(name)}`,
  },
];

export function addDeleteCommand(program: Command, context: Context, ended: Ended): void {
  const command = program.command('delete').summary('delete something').description('Deletes something.');
  for (const { noun, means, path } of DELETABLE)
    withFollowOptions(command.command(noun))
      .summary(`delete ${noun === 'image' ? 'an' : 'a'} ${noun}`)
      .description(`Deletes ${noun === 'image' ? 'an' : 'a'} ${noun}. ${means}`)
      .addArgument(nameOf(noun))
      .option('-y, --yes', 'do not ask')
      .action(async (name: string, options: Options) => {
        const client = await connect(context);
        const order = { method: 'DELETE', path: await path(client, name) } as const;
        if (options.yes !== true) await makeSure(context, `Delete ${noun} ${name}? ${means}`);
        await startAndFollow(context, ended, client, order, options);
      });
}

/** @throws CliError when it is not wanted after all */
async function makeSure(context: Context, question: string): Promise<void> {
  if (context.stdin.isTTY !== true)
    throw usageError('There is no terminal to ask whether you mean it: say so with --yes.');
  if (!(await askYes(context, question))) throw new CliError(EXIT.failed, 'Nothing is deleted.');
}
