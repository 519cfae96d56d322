import { Argument, type Command } from 'commander';
import { say, tell, type Context } from '../context.js';
import { connect } from '../connect.js';
import { usageError } from '../errors.js';
import { printValue, tableOption, type TableFormat } from '../output.js';
import { RESOURCES, resourceNamed } from '../resources/all.js';
import { NameArgument, NameOption } from './names.js';
import type { Filter, Resource } from '../resources/resource.js';

type Options = Filter & { readonly output?: TableFormat };

export function addGetCommand(program: Command, context: Context): void {
  program
    .command('get')
    .summary('show what is there')
    .description('Shows things of a kind, or one of them: as a table, or whole for programs.')
    .addArgument(
      new Argument('<kind>', 'what to show, in the plural or the singular')
        .choices(RESOURCES.map(({ many }) => many))
        .argParser(requireResource),
    )
    .addArgument(
      new NameArgument(
        ([kind = '']) => resourceNamed(kind)?.one,
        '[name]',
        'only this one; a rollout is SERVICE/NUMBER',
      ),
    )
    .addOption(new NameOption('service', '--service <name>', 'only those of this service'))
    .addOption(new NameOption('host', '--host <name>', 'only those on this host'))
    .option('--all', 'also what is history: machines and snapshots that are no more')
    .addOption(tableOption())
    .action(async (resource: Resource, name: string | undefined, options: Options) =>
      get(context, resource, name, options),
    );
}

function requireResource(word: string): Resource {
  const resource = resourceNamed(word);
  if (resource !== undefined) return resource;
  throw usageError(`There is nothing called ${word} to get.`, [
    `There are ${RESOURCES.map(({ many }) => many).join(', ')}.`,
  ]);
}

async function get(
  context: Context,
  resource: Resource,
  name: string | undefined,
  options: Options,
): Promise<void> {
  const { output, ...filter } = options;
  for (const option of ['service', 'host', 'all'] as const)
    if (filter[option] !== undefined && !resource.filters.includes(option))
      throw usageError(`--${option} does not go with ${resource.many}.`);
  const client = await connect(context);
  const got =
    name === undefined ? await resource.list(client, filter) : await resource.find(client, name, filter);
  if (output === 'json' || output === 'yaml') return printValue(context, output, got.value);
  if ('empty' in got && got.empty === true) return say(context, `There are no ${resource.many}.`);
  for (const line of got.table({ now: new Date(), wide: output === 'wide' })) tell(context, line);
}
