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

function methodFor<A, R>(caller: Caller, procedure: Procedure<A, R>) {
  return (args: A = {} as A, options?: CallOptions): Promise<unknown> =>
    opensStream(procedure)
      ? caller.openStream(procedure, args, options)
      : caller.call(procedure, args, options);
}

const CALLER = Symbol('caller');
type OfCaller = { readonly [CALLER]: Caller };

/** A method is made when it is first asked for: a process may have a thousand clients, and each may call everything. */
function prototypeFor(group: Group): object {
  const prototype = {};
  for (const [name, procedure] of Object.entries(group)) {
    Object.defineProperty(prototype, name, {
      enumerable: true,
      get(this: OfCaller) {
        const value = methodFor(this[CALLER], procedure);
        Object.defineProperty(this, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return prototype;
}

const PROTOTYPES = new WeakMap<Group, object>();

export function methodsOf<const G extends Group>(caller: Caller, group: G): MethodsOf<G> {
  const prototype = PROTOTYPES.get(group) ?? prototypeFor(group);
  PROTOTYPES.set(group, prototype);
  return Object.assign(Object.create(prototype) as MethodsOf<G>, { [CALLER]: caller });
}
