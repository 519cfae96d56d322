import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../connection/connection.js';
import { VIR_ERR } from '../constants/error.js';
import { MIGRATE, MIGRATE_PARAM } from '../constants/migrate.js';
import { DOMAIN_STATE } from '../constants/state.js';
import { abortReason, LibvirtError } from '../errors.js';
import { migrateProcedures as P } from '../procedures/migrate.js';
import type { DomainRef } from '../procedures/references.js';
import type { TypedParam } from '../wire/codec.js';
import type { Libvirt } from './libvirt.js';
import {
  isSplit,
  isWaiting,
  keeperOf,
  sourceFlags,
  targetFlags,
  withText,
  type DomainState,
  type Keeper,
} from './migration-rules.js';

export type MigrateOptions = {
  /** Bits of MIGRATE; default LIVE. Whether libvirt's daemons or we direct it is for the function, not for these. */
  readonly flags?: number;
  /** Names are MIGRATE_PARAM; see `typed`. */
  readonly params?: readonly TypedParam[];
  /**
   * Cancels it while that can be done, which is until all memory has left; the domain then goes on at the source. A target
   * that was cut off from the source is noticed by nobody else.
   */
  readonly signal?: AbortSignal;
};

export type MigrateDirectOptions = MigrateOptions & {
  /** Milliseconds for which a target that fell silent at the end is asked what became of the domain; default 30 000. */
  readonly silenceMs?: number;
};

export type Migrated = {
  /** As the target knows it. */
  readonly dom: DomainRef;
  /** Why the source could not be told of the success. It then still has the domain, paused, which is to be destroyed. */
  readonly leftBehind: Error | null;
};

/**
 * Nobody can say whether the domain runs at the target. At the source it is paused, and was left so: to let it go on could
 * mean that it runs twice. The cause is what went wrong.
 */
export class MigrationUndecidedError extends Error {
  override readonly name = 'MigrationUndecidedError';
  constructor(
    readonly dom: DomainRef,
    readonly why: 'target-silent' | 'post-copy',
    cause: unknown,
  ) {
    super(
      why === 'post-copy'
        ? `${dom.name} has its memory in two places since its post-copy failed`
        : `${dom.name} has left, and its target does not say whether it runs there`,
      { cause },
    );
  }
}

/** Longer than any timer of Node can be: what moves memory ends when that is moved, or by its job being cancelled. */
const WITHOUT_END = { deadlineMs: 2 ** 31 - 1 } as const;
const NO_COOKIE = Buffer.alloc(0);
const CANCEL_AGAIN_MS = 250;
const SILENCE_MS = 30_000;
const ASK_AGAIN_MS = 1_000;

type Failed = { readonly error: unknown };
type Outcome<T> = { readonly value: T } | Failed;
const settle = <T>(promise: Promise<T>): Promise<Outcome<T>> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

/**
 * A move that the daemon of the source carries out by itself, also when we are gone.
 * @param to the target's URI as the source has to dial it
 * @throws LibvirtError when it failed, the signal's reason when that ended it (the domain then is where it was);
 * MigrationUndecidedError
 */
export async function migratePeerToPeer(
  source: Libvirt,
  dom: DomainRef,
  to: string,
  options: MigrateOptions = {},
): Promise<void> {
  const { flags = MIGRATE.LIVE, params = [], signal } = options;
  signal?.throwIfAborted();
  const args = { dom, dconnuri: to, params, cookieIn: NO_COOKIE, flags: flags | MIGRATE.PEER2PEER };
  const performed = await settle(
    cancelledBy(signal, source, dom, () => source.migrate.perform3Params(args, WITHOUT_END)),
  );
  if ('error' in performed) throw await explain(source, dom, performed.error, signal);
}

/**
 * A move that we direct, so that the daemons need not reach each other, only their QEMUs: begin at the source, prepare at
 * the target, perform at the source, finish at the target, confirm at the source, each with the cookie of the one before.
 * The target destroys what it has prepared when we are gone before it finished.
 * @throws as migratePeerToPeer
 */
export async function migrateDirect(
  source: Libvirt,
  target: Libvirt,
  dom: DomainRef,
  options: MigrateDirectOptions = {},
): Promise<Migrated> {
  const { flags = MIGRATE.LIVE } = options;
  if ((flags & (MIGRATE.PEER2PEER | MIGRATE.TUNNELLED)) !== 0)
    throw new TypeError('a move that the client directs is neither peer to peer nor tunnelled');
  options.signal?.throwIfAborted();
  return source.withConnection((from) =>
    target.withConnection((to) => new DirectMove({ source, target, from, to, dom }, options).run()),
  );
}

type Route = {
  readonly source: Libvirt;
  readonly target: Libvirt;
  /** What is begun or prepared belongs to the connection that did it, and ends with that. */
  readonly from: Connection;
  readonly to: Connection;
  readonly dom: DomainRef;
};

class DirectMove {
  private flags: number;
  private params: readonly TypedParam[];
  private readonly signal: AbortSignal | undefined;

  constructor(
    private readonly route: Route,
    private readonly options: MigrateDirectOptions,
  ) {
    this.flags = options.flags ?? MIGRATE.LIVE;
    this.params = options.params ?? [];
    this.signal = options.signal;
  }

  async run(): Promise<Migrated> {
    const { source, dom } = this.route;
    const begun = await this.begin();
    const prepared = await settle(this.unlessAborted(() => this.prepare(begun)));
    if ('error' in prepared) {
      await this.confirm(NO_COOKIE, true);
      throw prepared.error;
    }
    if (this.signal?.aborted === true) {
      // Nothing has moved yet, and the target has something to take back.
      await this.finish(NO_COOKIE, true).catch(ignore);
      await this.confirm(NO_COOKIE, true);
      throw abortReason(this.signal);
    }
    const performed = await settle(cancelledBy(this.signal, source, dom, () => this.perform(prepared.value)));
    if ('error' in performed) return this.afterFailedPerform(performed.error);
    const finished = await settle(this.finish(performed.value, false));
    if ('error' in finished) return this.afterFailedFinish(finished.error);
    return { dom: finished.value.dom, leftBehind: await this.confirm(finished.value.cookieOut, false) };
  }

  private async unlessAborted<T>(work: () => Promise<T>): Promise<T> {
    this.signal?.throwIfAborted();
    return work();
  }

  private async begin(): Promise<Buffer> {
    const { params } = this;
    const { dom } = this.route;
    const { cookieOut, xml } = await this.route.from.call(P.begin3Params, {
      dom,
      params,
      flags: sourceFlags(this.flags),
    });
    const { state } = await this.route.source.domain.getState({ dom });
    if (state === DOMAIN_STATE.PAUSED) this.flags |= MIGRATE.PAUSED;
    this.params = withText(params, MIGRATE_PARAM.DEST_XML, xml);
    return cookieOut;
  }

  private async prepare(cookieIn: Buffer): Promise<Buffer> {
    const { cookieOut, uriOut } = await this.route.to.call(
      P.prepare3Params,
      { params: this.params, cookieIn, flags: targetFlags(this.flags) },
      WITHOUT_END,
    );
    if (uriOut !== null) this.params = withText(this.params, MIGRATE_PARAM.URI, uriOut);
    return cookieOut;
  }

  private async perform(cookieIn: Buffer): Promise<Buffer> {
    const { params } = this;
    const { dom } = this.route;
    const args = { dom, params, cookieIn, flags: sourceFlags(this.flags) };
    return (await this.route.from.call(P.perform3Params, args, WITHOUT_END)).cookieOut;
  }

  private async finish(
    cookieIn: Buffer,
    cancelled: boolean,
  ): Promise<{ readonly dom: DomainRef; readonly cookieOut: Buffer }> {
    const named = this.params.some(({ field }) => field === MIGRATE_PARAM.DEST_NAME);
    const params = named ? this.params : withText(this.params, MIGRATE_PARAM.DEST_NAME, this.route.dom.name);
    const args = { params, cookieIn, flags: targetFlags(this.flags), cancelled };
    return this.route.to.call(P.finish3Params, args, WITHOUT_END);
  }

  /** Lets the source drop the domain, or go on with it. @returns why it could not be told */
  private async confirm(cookieIn: Buffer, cancelled: boolean): Promise<Error | null> {
    const { params } = this;
    const { dom } = this.route;
    const args = { dom, params, cookieIn, flags: sourceFlags(this.flags), cancelled };
    const confirmed = await settle(this.route.from.call(P.confirm3Params, args, WITHOUT_END));
    if (!('error' in confirmed)) return null;
    return confirmed.error instanceof Error ? confirmed.error : new Error(String(confirmed.error));
  }

  /** The source knows that it failed and has taken the domain back; only the target has to be told. */
  private async afterFailedPerform(error: unknown): Promise<never> {
    const told = await settle(this.finish(NO_COOKIE, true));
    // It answers that there is nothing to finish, which is an error, and what was wanted.
    const targetKnows = !('error' in told) || told.error instanceof LibvirtError;
    if (targetKnows && !(error instanceof LibvirtError)) await this.wakeSource();
    throw await explain(this.route.source, this.route.dom, error, this.signal);
  }

  /** We were cut off from the source at the moment when all had left; the target has given its copy up. */
  private async wakeSource(): Promise<void> {
    const state = await stateAt(this.route.source, this.route.dom).catch(ignore);
    if (state === undefined || !isWaiting(state) || (this.flags & MIGRATE.PAUSED) !== 0) return;
    await this.route.source.domain.resume({ dom: this.route.dom }).catch(ignore);
  }

  private async afterFailedFinish(error: unknown): Promise<Migrated> {
    const keeper = error instanceof LibvirtError ? 'source' : await this.askTarget();
    if (keeper === 'unclear') throw new MigrationUndecidedError(this.route.dom, 'target-silent', error);
    if (keeper === 'source') {
      await this.confirm(NO_COOKIE, true);
      throw await explain(this.route.source, this.route.dom, error, undefined);
    }
    const { dom } = await this.route.target.domain.lookupByUuid({ uuid: this.route.dom.uuid });
    return { dom, leftBehind: await this.confirm(NO_COOKIE, false) };
  }

  private async askTarget(): Promise<Keeper> {
    const deadline = performance.now() + (this.options.silenceMs ?? SILENCE_MS);
    for (;;) {
      const state = await settle(stateAt(this.route.target, this.route.dom));
      const keeper = 'error' in state ? 'unclear' : keeperOf(state.value);
      if (keeper !== 'unclear' || performance.now() > deadline) return keeper;
      await sleep(ASK_AGAIN_MS);
    }
  }
}

const ignore = (): undefined => undefined;

/** Undefined when it is not there. */
async function stateAt(host: Libvirt, dom: DomainRef): Promise<DomainState | undefined> {
  try {
    return await host.domain.getState({ dom });
  } catch (error) {
    if (error instanceof LibvirtError && error.code === VIR_ERR.NO_DOMAIN) return undefined;
    throw error;
  }
}

/** What to throw for a move that ended with this error. */
async function explain(
  source: Libvirt,
  dom: DomainRef,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const state = await stateAt(source, dom).catch(ignore);
  if (state !== undefined && isSplit(state)) return new MigrationUndecidedError(dom, 'post-copy', error);
  return signal?.aborted === true ? abortReason(signal) : error;
}

/** While the signal says so, the job of the domain is cancelled again and again: at first there may be none. */
async function cancelledBy<T>(
  signal: AbortSignal | undefined,
  source: Libvirt,
  dom: DomainRef,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const cancel = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await source.domain.abortJob({ dom }).catch(ignore);
      await sleep(CANCEL_AGAIN_MS, undefined, { signal: over.signal }).catch(ignore);
    }
  };
  const onAbort = (): void => void cancel();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work();
  } finally {
    signal?.removeEventListener('abort', onAbort);
    over.abort();
  }
}
