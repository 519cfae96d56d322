import type { CallOptions } from '../connection/call-options.js';
import type { CallStream } from '../connection/call-stream.js';
import type { Procedure, StreamProcedure } from '../procedures/procedure.js';

/** The ways in which a client makes a call. */
export type Caller = {
  call<A, R>(procedure: Procedure<A, R>, args: A, options?: CallOptions): Promise<R>;
  openStream<A, R>(procedure: StreamProcedure<A, R>, args: A, options?: CallOptions): Promise<CallStream<R>>;
};

type Group = Readonly<Record<string, Procedure<unknown, unknown>>>;
type Given<A> = Partial<A> extends A ? [args?: A, options?: CallOptions] : [args: A, options?: CallOptions];
type Method<P> =
  P extends StreamProcedure<infer A, infer R>
    ? (...given: Given<A>) => Promise<CallStream<R>>
    : P extends Procedure<infer A, infer R>
      ? (...given: Given<A>) => Promise<R>
      : never;

/** A method for each procedure of a group, e.g. `domain.getXmlDesc({ dom })`. */
export type MethodsOf<G> = { readonly [K in keyof G]: Method<G[K]> };

const opensStream = <A, R>(procedure: Procedure<A, R>): procedure is StreamProcedure<A, R> =>
  procedure.stream !== undefined;

const CALLER = Symbol('caller');
type OfCaller = { readonly [CALLER]: Caller };

function methodOf<A, R>(procedure: Procedure<A, R>) {
  return function (this: OfCaller, args: A = {} as A, options?: CallOptions): Promise<unknown> {
    return opensStream(procedure)
      ? this[CALLER].openStream(procedure, args, options)
      : this[CALLER].call(procedure, args, options);
  };
}

/** The methods of each group. They are made once: a process may have a thousand clients, each with every group. */
const PROTOTYPES = new WeakMap<Group, object>();

function prototypeOf(group: Group): object {
  const present = PROTOTYPES.get(group);
  if (present !== undefined) return present;
  const methods = Object.entries(group).map(([name, procedure]) => [name, methodOf(procedure)] as const);
  const made = Object.fromEntries(methods);
  PROTOTYPES.set(group, made);
  return made;
}

export function methodsOf<const G extends Group>(caller: Caller, group: G): MethodsOf<G> {
  return Object.assign(Object.create(prototypeOf(group)) as MethodsOf<G>, { [CALLER]: caller });
}
