import { Argument, type Command } from 'commander';
import { SCRIPTS, SHELLS } from '../completion/scripts.js';
import type { Context } from '../context.js';

export function addCompletionCommand(program: Command, context: Context): void {
  program
    .command('completion')
    .summary('print the completion script of a shell')
    .description(
      'Prints the script that completes commands, options and names in a shell; names are asked of the API.\n' +
        'In ~/.bashrc: source <(diecast completion bash); in ~/.zshrc, after compinit: source <(diecast completion zsh).',
    )
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: keyof typeof SCRIPTS) => void context.stdout.write(SCRIPTS[shell]));
}
