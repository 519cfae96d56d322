import type { Command } from 'commander';

/** The text of docs/cli.md: what `--help` says of every command. */
export function renderCliPage(program: Command): string {
  return [
    '# The command line',
    '',
    '`diecast` is a client of the REST API for people and scripts. Results go to standard output, everything that only people',
    'read goes to standard error; on a terminal operations and rollouts move in place, elsewhere they are plain lines. With',
    '`-o json` or `-o yaml` standard output is one value, as the API answers it.',
    '',
    '`npm run cli -- COMMAND` runs it from here; `npm link` puts `diecast` on the path.',
    '',
    '- `DIECAST_URL`: address of the API; it wins over the one of `diecast login`.',
    '- `DIECAST_TOKEN`: token; it wins over the one of `diecast login`, which is sent to no other address than its own.',
    '- `XDG_CONFIG_HOME`: where `diecast/config.json` is kept; `~/.config` by default.',
    '- `NODE_EXTRA_CA_CERTS`: file of certificates to trust besides those that Node knows.',
    '',
    ...commandsOf(program).flatMap(section),
    'This page is made from the commands in `apps/cli/src/program.ts`; a test holds it against them.',
    '',
  ].join('\n');
}

const HELP_WIDTH = 100;

function section(command: Command): readonly string[] {
  command.configureHelp({ helpWidth: HELP_WIDTH });
  return [`## ${pathOf(command)}`, '', '```text', wholeHelp(command), '```', ''];
}

/** With the texts after the help, which helpInformation() leaves out. */
function wholeHelp(command: Command): string {
  const { writeOut } = command.configureOutput();
  let text = '';
  command.configureOutput({ writeOut: (piece) => (text += piece) });
  command.outputHelp();
  command.configureOutput(writeOut === undefined ? {} : { writeOut });
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}

/** Those that do something, in the order of the help; the hidden ones not. */
const commandsOf = (command: Command): readonly Command[] => [
  command,
  ...command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== 'help')
    .flatMap(commandsOf),
];

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
