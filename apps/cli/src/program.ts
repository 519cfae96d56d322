import { Command } from 'commander';
import { addApplyCommand } from './commands/apply.js';
import { addCompletionCommand } from './commands/completion.js';
import { addDeleteCommand } from './commands/delete.js';
import { addGetCommand } from './commands/get.js';
import { addHostCommands } from './commands/hosts.js';
import { addMachineCommands } from './commands/machines.js';
import { addOperationCommands } from './commands/operation.js';
import { addRolloutCommands } from './commands/rollout.js';
import { addSessionCommands } from './commands/session.js';
import type { Context } from './context.js';
import type { Ended } from './ended.js';
import { EXIT, EXIT_MEANINGS } from './exit-codes.js';
import { align } from './render/table.js';

const EXIT_LINES = align(
  Object.entries(EXIT).map(([name, code]) => [`  ${code}`, EXIT_MEANINGS[name as keyof typeof EXIT]]),
);

/** The whole command line; nothing runs before it is parsed. */
export function buildProgram(context: Context, ended: Ended): Command {
  const program = new Command('diecast')
    .description('Immutable virtual machines: declare services, follow rollouts, look after hosts.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      outputError: (text, write) => write(`diecast: ${text.replace(/^error: /, '')}`),
    })
    .showHelpAfterError('"--help" after a command says how it is used.')
    .addHelpText('after', `\nExit codes:\n${EXIT_LINES.join('\n')}`);
  addSessionCommands(program, context);
  addApplyCommand(program, context, ended);
  addGetCommand(program, context);
  addRolloutCommands(program, context, ended);
  addHostCommands(program, context, ended);
  addMachineCommands(program, context, ended);
  addDeleteCommand(program, context, ended);
  addOperationCommands(program, context, ended);
  addCompletionCommand(program, context);
  return program;
}
