import type { Argument, Command, Option } from 'commander';
import { NameArgument, NameOption, type Noun } from '../commands/names.js';

/** What may stand at the end of a line. */
export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** The API knows them. */
  | { readonly kind: 'names'; readonly noun: Noun }
  /** The shell knows them. */
  | { readonly kind: 'files' };

const NOTHING: Candidates = { kind: 'words', words: [] };

/**
 * @param words of the line behind the program's name; the last one is the one that is being written, empty when it has not begun
 */
export function candidatesFor(program: Command, words: readonly string[]): Candidates {
  const place = words.slice(0, -1).reduce(step, { command: program, arguments: [], option: undefined });
  const current = words.at(-1) ?? '';
  if (place.option !== undefined) return ofOption(place.option);
  if (current.startsWith('-')) return { kind: 'words', words: flagsOf(place.command) };
  const subcommands = subcommandsOf(place.command);
  if (subcommands.length > 0)
    return place.arguments.length > 0
      ? NOTHING
      : { kind: 'words', words: subcommands.map((each) => each.name()) };
  return ofArgument(place.command.registeredArguments[place.arguments.length], place.arguments);
}

/** Where one is after the words so far. */
type Place = {
  readonly command: Command;
  /** Given to the command so far. */
  readonly arguments: readonly string[];
  /** Whose value comes next. */
  readonly option: Option | undefined;
};

function step(place: Place, word: string): Place {
  if (place.option !== undefined) return { ...place, option: undefined };
  if (word.startsWith('-')) {
    const option = place.command.options.find(({ short, long }) => word === short || word === long);
    return option?.required === true || option?.optional === true ? { ...place, option } : place;
  }
  const command = subcommandsOf(place.command).find((each) => each.name() === word);
  return command === undefined ? { ...place, arguments: [...place.arguments, word] } : { ...place, command };
}

const subcommandsOf = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [] : command.createHelp().visibleCommands(command);

const flagsOf = (command: Command): readonly string[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => long ?? []);

function ofOption(option: Option): Candidates {
  if (option instanceof NameOption) return { kind: 'names', noun: option.noun };
  if (option.attributeName() === 'file') return { kind: 'files' };
  return { kind: 'words', words: option.argChoices ?? [] };
}

function ofArgument(argument: Argument | undefined, before: readonly string[]): Candidates {
  if (argument === undefined) return NOTHING;
  if (!(argument instanceof NameArgument)) return { kind: 'words', words: argument.argChoices ?? [] };
  const noun = typeof argument.noun === 'string' ? argument.noun : argument.noun(before);
  return noun === undefined ? NOTHING : { kind: 'names', noun };
}
