import { membersOf, type Member, type ServicePlan, type Standing } from '@diecast/planning';
import { PACE, randomFrom, RolloutWorld, type Pace } from './rollout-world.js';

/** What happens at which second. */
type Happenings = Readonly<Record<number, readonly [what: string, happen: (world: RolloutWorld) => void]>>;
export type Story = {
  readonly title: string;
  readonly world: ConstructorParameters<typeof RolloutWorld>[0] & { readonly broken?: readonly number[] };
  /** The service runs iteration 1 with all replicas when the story begins, unless it begins with the service. */
  readonly begins: 'new' | 'running';
  readonly happenings: Happenings;
  /** Seed of uneven paces and of the order in which operations get on; absent: everything takes the same time. */
  readonly shuffled?: number;
};

const UNEVEN: Pace = { boot: [2, 9], leave: [1, 5], startPeriod: 20 };
const MARKS: Readonly<Record<Standing, string>> = {
  ready: '●',
  held: '◐',
  staged: '◎',
  starting: '○',
  sick: '✗',
  leaving: '↓',
  standby: '‖',
};
const LONGEST_SECONDS = 600;
const QUIET_SECONDS = 90;

/** Every look of the controller at which something is to be seen, with the reasons of all that it does. */
export function tell({ title, world: wish, begins, happenings, shuffled }: Story): string {
  const pace = shuffled === undefined ? PACE : UNEVEN;
  const world = new RolloutWorld(wish, pace, randomFrom(shuffled ?? 1), shuffled !== undefined);
  if (begins === 'running') settle(world);
  for (const iteration of wish.broken ?? []) world.broken.add(iteration);
  const start = world.seconds;
  const lines = [
    title,
    declared(world),
    '● ready  ◐ held  ◎ staged  ○ starting  ✗ sick  ↓ leaving  ‖ standby  ! failed  (…) on a host that does not answer',
    '',
  ];
  let before = '';
  let quietSince = 0;
  const last = Math.max(...Object.keys(happenings).map(Number), 0);
  for (let second = 0; second <= LONGEST_SECONDS; second += 1) {
    const happening = happenings[second];
    if (happening !== undefined) {
      lines.push(`${clock(second)}  *** ${happening[0]}`);
      happening[1](world);
    }
    const picture = draw(world);
    const plan = world.look();
    const told = [picture, ...actions(plan)];
    if (told.join() !== before) {
      lines.push(`${clock(second)}  ${picture}`, ...actions(plan).map((line) => `         ${line}`));
      quietSince = second;
    }
    before = told.join();
    if (second > last && second - quietSince > QUIET_SECONDS) break;
    world.pass(1);
  }
  const endings = world.endings.map(({ number, how }) => `rollout ${number} ${how}`);
  return [...lines, '', `Ended: ${endings.join(', ')}. ${draw(world)}`, ''].join('\n').replaceAll(
    // Seconds since the story began, and not since 1970.
    /1970-01-01T(\d\d):(\d\d):(\d\d)Z/g,
    (_, h: string, m: string, s: string) => clock(Number(h) * 3600 + Number(m) * 60 + Number(s) - start),
  );
}

function declared({ replicas, settings }: RolloutWorld): string {
  const { strategy, maxSurge, maxUnavailable, automaticRollback, steps, promotion } = settings;
  const { bakeSeconds, standbySeconds, batch } = settings;
  const weights = steps.map(({ weight, pauseSeconds }) => `${weight} % for ${pauseSeconds ?? '…'} s`);
  return [
    ...(strategy === 'rolling' ? [] : [strategy]),
    `${replicas} replicas`,
    ...(strategy === 'rolling' || strategy === 'canary'
      ? [`maxSurge ${maxSurge}`, `maxUnavailable ${maxUnavailable}`]
      : []),
    ...weights,
    ...(promotion === 'manual' ? ['promoted by a person'] : []),
    ...(batch === null ? [] : [`${batch} at a time`]),
    ...(bakeSeconds > 0 ? [`bakes ${bakeSeconds} s`] : []),
    ...(standbySeconds > 0 ? [`standby ${standbySeconds} s`] : []),
    ...(automaticRollback ? [] : ['no automatic rollback']),
  ].join(', ');
}

function settle(world: RolloutWorld): void {
  for (let second = 0; second < 120; second += 1) {
    world.look();
    world.pass(1);
  }
}

const clock = (seconds: number): string =>
  `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;

function draw(world: RolloutWorld): string {
  const { fleet, service } = world.view();
  const isAway = (host: string | null): boolean => host !== null && world.hosts.get(host) !== 'ready';
  const mark = ({ standing, host }: Member): string =>
    isAway(host) ? `(${MARKS[standing]})` : MARKS[standing];
  const members = [...membersOf(fleet, service.shares)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const failed = fleet.instances.filter(({ status }) => status === 'failed').length;
  const iterations = [...new Set(members.map(({ iteration }) => iteration))].sort((a, b) => a - b);
  const parts = iterations.map(
    (number) =>
      `v${number} ${members
        .filter(({ iteration }) => iteration === number)
        .map(mark)
        .join('')}`,
  );
  const shares = Object.entries(world.shares ?? {}).map(([number, percent]) => `v${number} ${percent} %`);
  const { stage } = world.rollout ?? { stage: null };
  const facts = [
    ...(stage === null || stage.name === 'cast' ? [] : [stage.name]),
    ...(shares.length === 0 ? [] : [shares.join(', ')]),
  ];
  return (
    [
      ...parts,
      ...(failed > 0 ? ['!'.repeat(failed)] : []),
      ...(facts.length === 0 ? [] : [`[${facts.join('; ')}]`]),
    ].join('  ') || 'no machine'
  );
}

function actions(plan: ServicePlan): readonly string[] {
  const { verdict } = plan;
  const ends =
    verdict.outcome === 'continue'
      ? []
      : verdict.outcome === 'succeeded'
        ? ['succeeded']
        : verdict.outcome === 'failed'
          ? [`failed: ${verdict.reason}`]
          : [`roll back to v${verdict.to}: ${verdict.reason}`];
  return [
    ...plan.cast.map(({ iteration, reason }) => `cast v${iteration}: ${reason}`),
    ...plan.callOff.map(({ instanceId, reason }) => `call off ${instanceId}: ${reason}`),
    ...plan.fail.map(({ instanceId, reason }) => `fail ${instanceId}: ${reason}`),
    ...plan.resume.map(({ instanceId, reason }) => `resume ${instanceId}: ${reason}`),
    ...plan.park.map(({ instanceId, reason }) => `park ${instanceId}: ${reason}`),
    ...plan.discontinue.map(({ instanceId, reason }) => `discontinue ${instanceId}: ${reason}`),
    ...plan.wait.map(
      ({ instanceId, reason }) => `wait${instanceId === undefined ? '' : ` for ${instanceId}`}: ${reason}`,
    ),
    ...ends,
  ];
}
