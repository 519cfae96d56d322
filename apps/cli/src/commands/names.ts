import { Argument, InvalidArgumentError, Option } from 'commander';

/** Kinds of things whose names completion asks the API for. */
export type Noun = 'host' | 'image' | 'service' | 'instance' | 'snapshot' | 'operation' | 'rollout';

const MEANT: Readonly<Record<Noun, string>> = {
  host: 'name of the host',
  image: 'name, NAME:VERSION or digest of the image',
  service: 'name of the service',
  instance: 'the machine: as "get instances" names it, or its id',
  snapshot: 'the snapshot: as you called it, or its id',
  operation: 'id of the operation',
  rollout: 'the rollout: SERVICE/NUMBER',
};

/** An argument that names a thing of the API. */
export class NameArgument extends Argument {
  constructor(
    /** Or which kind it names after the arguments before it. */
    readonly noun: Noun | ((before: readonly string[]) => Noun | undefined),
    flags: string,
    description: string,
  ) {
    super(flags, description);
  }
}

/** An option that names a thing of the API. */
export class NameOption extends Option {
  constructor(
    readonly noun: Noun,
    flags: string,
    description: string,
  ) {
    super(flags, description);
  }
}

export const nameOf = (noun: Noun, flags = `<${noun}>`): NameArgument =>
  new NameArgument(noun, flags, MEANT[noun]);

export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}
