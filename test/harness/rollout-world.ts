import {
  DEFAULT_ROLLOUT,
  isInstanceLive,
  type HostStatus,
  type Instance,
  type InstanceStatus,
  type RolloutSpec,
  type Shares,
} from '@diecast/model';
import {
  planService,
  type CastAttempt,
  type RunningRollout,
  type ServicePlan,
  type ServiceView,
} from '@diecast/planning';

/** Seconds that things take in this world, drawn anew for each machine. */
export type Pace = {
  readonly boot: readonly [number, number];
  readonly leave: readonly [number, number];
  readonly startPeriod: number;
};
export const PACE: Pace = { boot: [4, 4], leave: [2, 2], startPeriod: 20 };

type Work = {
  readonly kind: 'create' | 'discontinue' | 'park' | 'resume';
  readonly instanceId: string;
  readonly iteration: number;
  readonly since: Date;
  startedAt: number | null;
  takes: number;
  cancelled: boolean;
};
export type Ending = { readonly number: number; readonly how: string };

/** Deterministic, so that a story told twice is the same (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Hosts, machines and operations as far as a rollout planner can see them, in pure data: what the store, the flows and
 * the service controller do around it, without a machine. Time moves only by `pass`.
 */
export class RolloutWorld {
  seconds = 0;
  replicas: number;
  iteration = 1;
  rollout: RunningRollout | null;
  shares: Shares | null = null;
  settledAt: Date | null = null;
  readonly settings: RolloutSpec;
  readonly instances = new Map<string, Instance>();
  readonly works: Work[] = [];
  readonly hosts: Map<string, HostStatus>;
  readonly quiet = new Set<string>();
  readonly broken = new Set<number>();
  readonly goodAt = new Map<number, number>();
  readonly endings: Ending[] = [];
  #attempts: CastAttempt[] = [];
  #made = 0;
  #newest = 1;
  #rollouts = 1;

  constructor(
    options: { readonly replicas: number; readonly hosts?: number } & Partial<RolloutSpec>,
    readonly pace: Pace = PACE,
    readonly random: () => number = randomFrom(1),
    readonly shuffled = false,
  ) {
    this.replicas = options.replicas;
    const { replicas: _, hosts: __, ...rollout } = options;
    this.settings = { ...DEFAULT_ROLLOUT, progressDeadlineSeconds: 60, drainSeconds: 5, ...rollout };
    this.hosts = new Map(
      Array.from({ length: options.hosts ?? 3 }, (_, index) => [`h${index + 1}`, 'ready'] as const),
    );
    this.rollout = this.#newRollout('declared', null);
  }

  get now(): Date {
    return new Date(this.seconds * 1000);
  }

  view(): ServiceView {
    const open = this.works;
    const rows = [...this.instances.values()];
    const good = [...this.goodAt].filter(([number]) => number !== this.iteration);
    const newest = good.toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0];
    return {
      service: {
        name: 'web',
        iteration: this.iteration,
        replicas: this.replicas,
        rollout: this.settings,
        shares: this.shares,
        status: 'active',
      },
      rollout: this.rollout,
      settledAt: this.settledAt,
      fleet: {
        instances: this.shuffled ? this.shuffle(rows) : rows,
        coming: open
          .filter(({ kind }) => kind === 'create')
          .map(({ instanceId, iteration, since }) => ({
            id: instanceId,
            iteration,
            since,
            mayCallOff: true,
          })),
        busy: new Set(open.map(({ instanceId }) => instanceId)),
        waking: new Set(open.filter(({ kind }) => kind === 'resume').map(({ instanceId }) => instanceId)),
        withTraffic: new Set(),
      },
      hosts: this.hosts,
      quiet: this.quiet,
      attempts: this.#attempts,
      knownGood: { current: this.goodAt.has(this.iteration), other: newest?.[0] ?? null },
    };
  }

  /** One look of the controller: plan, and start what the plan says. */
  look(): ServicePlan {
    const plan = planService(this.view(), this.now);
    for (const { iteration } of plan.cast) this.#begin('create', this.#newId(), iteration);
    for (const { instanceId } of plan.callOff)
      for (const work of this.works) if (work.instanceId === instanceId) work.cancelled = true;
    for (const { instanceId, reason } of plan.fail) this.#set(instanceId, 'failed', reason);
    for (const { instanceId } of plan.discontinue) this.#begin('discontinue', instanceId, 0);
    for (const { instanceId } of plan.park) this.#begin('park', instanceId, 0);
    for (const { instanceId } of plan.resume) this.#begin('resume', instanceId, 0);
    this.shares = plan.shares;
    if (this.rollout !== null) this.rollout = { ...this.rollout, stage: plan.stage };
    if (plan.provesGood) this.goodAt.set(this.iteration, this.seconds);
    if (plan.verdict.outcome !== 'continue' && this.rollout !== null) {
      const { number } = this.rollout;
      this.endings.push({ number, how: plan.verdict.outcome });
      this.rollout = null;
      this.settledAt = this.now;
      if (plan.verdict.outcome === 'rollBack') this.rollTo(plan.verdict.to, 'automaticRollback');
    }
    return plan;
  }

  declare(broken = false): void {
    this.#newest += 1;
    if (broken) this.broken.add(this.#newest);
    this.rollTo(this.#newest);
  }

  rollTo(iteration: number, trigger: RunningRollout['trigger'] = 'declared'): void {
    const from = this.iteration;
    this.iteration = iteration;
    this.#roll(trigger, from);
  }

  scale(replicas: number): void {
    this.replicas = replicas;
    this.#roll('scale', this.iteration);
  }

  /** A person says "stop", "go on", or "take the next step". */
  steer(how: 'pause' | 'resume' | 'promote'): void {
    if (this.rollout === null) return;
    const { promotions } = this.rollout;
    if (how === 'pause') this.rollout = { ...this.rollout, pausedAt: this.now };
    if (how === 'resume') this.rollout = { ...this.rollout, pausedAt: null, resumedAt: this.now };
    if (how === 'promote') this.rollout = { ...this.rollout, promotions: promotions + 1 };
  }

  /** An analysis has answered badly so often in a row. */
  find(name: string, badInRow: number): void {
    const finding = { name, badInRow, good: badInRow === 0, at: this.now.toISOString(), message: 'too high' };
    if (this.rollout !== null) this.rollout = { ...this.rollout, findings: [finding] };
  }

  /** The machine is gone, as the host watch tells it. */
  kill(id: string): void {
    const status = this.instances.get(id)?.status;
    if ((status === 'available' || status === 'standby') && !this.#isBusy(id))
      this.#set(id, 'failed', 'its domain is gone');
  }

  setHealth(id: string, healthy: boolean): void {
    const instance = this.instances.get(id);
    if (instance?.status === 'available') this.instances.set(id, { ...instance, healthy });
  }

  /** Its daemon falls silent or is back; its machines go on as they are. */
  setHost(name: string, status: HostStatus): void {
    this.hosts.set(name, status);
  }

  /** All that runs on the host stops answering, or answers again. */
  setHealthOn(name: string, healthy: boolean): void {
    for (const { id, host } of this.instances.values()) if (host === name) this.setHealth(id, healthy);
  }

  pass(seconds: number): void {
    this.seconds += seconds;
    for (const work of this.shuffled ? this.shuffle([...this.works]) : [...this.works]) this.#advance(work);
  }

  shuffle<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, at: this.random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }

  #roll(trigger: RunningRollout['trigger'], from: number): void {
    if (this.rollout !== null) this.endings.push({ number: this.rollout.number, how: 'superseded' });
    this.#rollouts += 1;
    this.rollout = this.#newRollout(trigger, from);
  }

  #newRollout(trigger: RunningRollout['trigger'], fromIteration: number | null): RunningRollout {
    return {
      number: this.#rollouts,
      fromIteration,
      toIteration: this.iteration,
      trigger,
      stage: null,
      pausedAt: null,
      resumedAt: null,
      promotions: 0,
      findings: [],
      startedAt: this.now,
    };
  }

  #begin(kind: Work['kind'], instanceId: string, iteration: number): void {
    this.works.push({
      kind,
      instanceId,
      iteration,
      since: this.now,
      startedAt: null,
      takes: 0,
      cancelled: false,
    });
  }

  #advance(work: Work): void {
    if (work.kind === 'create') this.#advanceCreate(work);
    else if (work.kind === 'resume') this.#advanceResume(work);
    else this.#advanceDeparture(work);
  }

  #advanceCreate(work: Work): void {
    const { instanceId, iteration } = work;
    if (work.startedAt === null) {
      if (work.cancelled) return this.#end(work, 'cancelled', '');
      const host = this.#chooseHost();
      if (host === undefined) return this.#end(work, 'failed', 'No host can take a machine of web.');
      work.startedAt = this.seconds;
      work.takes = this.broken.has(iteration) ? this.pace.startPeriod : this.#draw(this.pace.boot);
      this.instances.set(instanceId, this.#row(instanceId, iteration, host));
      return;
    }
    const instance = this.instances.get(instanceId);
    if (instance === undefined || this.#isAway(instance.host)) return;
    if (work.cancelled) return this.#end(work, 'cancelled', '');
    if (this.seconds - work.startedAt < work.takes) return;
    if (this.broken.has(iteration)) return this.#end(work, 'failed', 'It did not pass its http check.');
    this.instances.set(instanceId, {
      ...instance,
      status: 'available',
      healthy: true,
      availableAt: this.now,
    });
    this.#end(work, 'succeeded', '');
  }

  #advanceResume(work: Work): void {
    const instance = this.instances.get(work.instanceId);
    if (instance === undefined || this.#isAway(instance.host)) return;
    this.instances.set(instance.id, { ...instance, status: 'available', healthy: true, standbyAt: null });
    this.works.splice(this.works.indexOf(work), 1);
  }

  #advanceDeparture(work: Work): void {
    const instance = this.instances.get(work.instanceId);
    if (instance === undefined || this.#isAway(instance.host)) return;
    if (work.startedAt === null) {
      work.startedAt = this.seconds;
      work.takes = this.#draw(this.pace.leave);
      if (instance.status === 'available' || instance.status === 'standby')
        this.#set(instance.id, 'draining', null);
      return;
    }
    if (this.seconds - work.startedAt < work.takes) return;
    if (work.kind === 'discontinue') this.instances.delete(instance.id);
    else this.instances.set(instance.id, { ...instance, status: 'standby', standbyAt: this.now });
    this.works.splice(this.works.indexOf(work), 1);
  }

  #end(work: Work, outcome: CastAttempt['outcome'], message: string): void {
    this.works.splice(this.works.indexOf(work), 1);
    // What a cast undid has freed everything: nobody sees its row any more.
    if (outcome !== 'succeeded') this.instances.delete(work.instanceId);
    const unhealthy = outcome === 'failed' && this.broken.has(work.iteration);
    const noRoom = outcome === 'failed' && message.startsWith('No host');
    const attempt = { iteration: work.iteration, outcome, unhealthy, noRoom, message, at: this.now };
    this.#attempts = [attempt, ...this.#attempts].slice(0, 50);
  }

  #chooseHost(): string | undefined {
    const count = (host: string): number =>
      [...this.instances.values()].filter((each) => each.host === host && isInstanceLive(each.status)).length;
    return [...this.hosts]
      .filter(([, status]) => status === 'ready')
      .map(([host]) => host)
      .sort((a, b) => count(a) - count(b) || (a < b ? -1 : 1))[0];
  }

  #row(id: string, iteration: number, host: string): Instance {
    return {
      id,
      service: 'web',
      iteration,
      host,
      status: 'validating',
      statusReason: null,
      generation: 1,
      address: null,
      mac: '52:54:00:00:00:01',
      healthy: false,
      inTraffic: false,
      restoredFrom: null,
      activeLayer: null,
      createdAt: this.now,
      assembledAt: null,
      availableAt: null,
      inTrafficAt: null,
      drainedAt: null,
      standbyAt: null,
      endedAt: null,
      served: null,
    };
  }

  #set(id: string, status: InstanceStatus, statusReason: string | null): void {
    const instance = this.instances.get(id);
    const endedAt = isInstanceLive(status) ? null : this.now;
    if (instance !== undefined) this.instances.set(id, { ...instance, status, statusReason, endedAt });
  }

  #newId(): string {
    this.#made += 1;
    return `m${String(this.#made).padStart(2, '0')}`;
  }

  #draw = ([least, most]: readonly [number, number]): number =>
    least + Math.floor(this.random() * (most - least + 1));
  #isBusy = (id: string): boolean => this.works.some(({ instanceId }) => instanceId === id);
  #isAway = (host: string | null): boolean => host !== null && this.hosts.get(host) !== 'ready';
}
