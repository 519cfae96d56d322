import {
  callArguments,
  struct,
  type ArgumentsOf,
  type Codec,
  type Fields,
  type StructOf,
} from '../wire/codec.js';
import { PROGRAM } from '../wire/packet.js';

/**
 * One procedure of the daemon, described once: the codec, the types and the method of the client follow from it. Numbers
 * and layouts are those of libvirt 9.0 and what came after it (src/remote/remote_protocol.x; the protocol only grows).
 */
export type Procedure<A, R> = {
  readonly name: string;
  readonly program: number;
  readonly number: number;
  readonly args: Codec<A>;
  readonly result: Codec<R>;
} & Traits;

/** Data from the daemon, data to it, or both (consoles and channels). */
export type StreamDirection = 'read' | 'write' | 'both';

/** A procedure that opens a stream. */
export type StreamProcedure<A, R> = Procedure<A, R> & { readonly stream: StreamDirection };

export type Traits = {
  readonly stream?: StreamDirection;
  /** It can tell holes from zeros, when its flags ask for it with SPARSE_STREAM. */
  readonly sparse?: true;
  /** It may take as long as a migration, so that nothing should have to wait behind it. */
  readonly long?: true;
  /** A program in the guest has to answer it, and may be dead: such calls wait behind one another, not behind the others. */
  readonly guest?: true;
};

function describe<const F extends Fields, const G extends Fields, const T extends Traits = Traits>(
  program: number,
  name: string,
  number: number,
  args: F,
  result: G,
  traits?: T,
): Procedure<ArgumentsOf<F>, StructOf<G>> & T {
  const description = { name, program, number, args: callArguments(args), result: struct(result), ...traits };
  return description as Procedure<ArgumentsOf<F>, StructOf<G>> & T;
}

/** The daemon's main program. */
export const remote = <const F extends Fields, const G extends Fields, const T extends Traits = Traits>(
  name: string,
  number: number,
  args: F,
  result: G,
  traits?: T,
): Procedure<ArgumentsOf<F>, StructOf<G>> & T => describe(PROGRAM.remote, name, number, args, result, traits);

/** What only QEMU's driver knows. */
export const qemu = <const F extends Fields, const G extends Fields, const T extends Traits = Traits>(
  name: string,
  number: number,
  args: F,
  result: G,
  traits?: T,
): Procedure<ArgumentsOf<F>, StructOf<G>> & T => describe(PROGRAM.qemu, name, number, args, result, traits);

const SPARSE_STREAM = 1;

/** Whether a call asks for a stream that tells holes from zeros. */
export const isSparse = ({ sparse }: Traits, args: unknown): boolean =>
  sparse === true &&
  typeof args === 'object' &&
  args !== null &&
  'flags' in args &&
  (Number(args.flags) & SPARSE_STREAM) !== 0;
