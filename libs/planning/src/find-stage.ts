import type { RolloutStage } from '@diecast/model';
import { countOf } from './fleet.js';
import type { Course } from './set-course.js';
import type { RunningRollout, ServiceView } from './service-plan.js';
import { machinesAtStep, stageOf } from './strategy.js';
import { acceptedOf, isComplete, type Stock } from './take-stock.js';

/** Everything that decides whether a stage is over. */
type Look = {
  readonly view: ServiceView;
  readonly rollout: RunningRollout;
  readonly course: Course;
  readonly stock: Stock;
  readonly now: Date;
};

/**
 * Where a rollout stands now: as far on from what is stored as one look can bring it. Null without a rollout; while a
 * person has stopped it, it stands where it stood.
 */
export function findStage(view: ServiceView, course: Course, stock: Stock, now: Date): RolloutStage | null {
  const { rollout } = view;
  if (rollout === null) return null;
  let stage = stageOf(rollout);
  if (rollout.pausedAt !== null) return stage;
  const look = { view, rollout, course, stock, now };
  for (;;) {
    const next = NEXT[stage.name](stage, look);
    if (next === null) return stage;
    stage = next;
  }
}

type Name = RolloutStage['name'];

/** What follows a stage that is over, or that has lost what it stood on; null: it goes on. */
const NEXT: Readonly<Record<Name, (stage: RolloutStage, look: Look) => RolloutStage | null>> = {
  cast(stage, look) {
    const { view, course } = look;
    const { replicas, rollout: spec } = view.service;
    if (course.strategy === 'canary' && stage.step < spec.steps.length)
      return serving(look) >= machinesAtStep(view.service, stage.step)
        ? begin('canary', stage.step, look)
        : null;
    if (course.strategy === 'blueGreen' && stage.step === 0) {
      if (healthy(look) < replicas) return null;
      return spec.promotion === 'manual' ? begin('preview', 0, look) : begin('cast', SWITCHED, look);
    }
    return allServe(look) ? begin('bake', stage.step, look) : null;
  },
  canary(stage, look) {
    const { view } = look;
    // What it has lost (with a host, say) is made good first, and then it is watched anew.
    if (serving(look) < machinesAtStep(view.service, stage.step)) return begin('cast', stage.step, look);
    const seconds = view.service.rollout.steps[stage.step]?.pauseSeconds ?? null;
    const isOver = isPromoted(stage, look) || (seconds !== null && hasLasted(stage, seconds, look));
    return isOver ? begin('cast', stage.step + 1, look) : null;
  },
  preview(stage, look) {
    if (healthy(look) < look.course.replicas) return begin('cast', 0, look);
    return isPromoted(stage, look) ? begin('cast', SWITCHED, look) : null;
  },
  bake(stage, look) {
    const { service, knownGood } = look.view;
    if (!allServe(look)) return begin('cast', stage.step, look);
    const isOver = knownGood.current || hasLasted(stage, service.rollout.bakeSeconds, look);
    return isOver ? begin('retire', stage.step, look) : null;
  },
  retire: () => null,
};

/** The step of a blue-green rollout whose new set has been given the requests. */
export const SWITCHED = 1;

const begin = (name: Name, step: number, { rollout, now }: Look): RolloutStage => ({
  name,
  step,
  promotions: rollout.promotions,
  since: now.toISOString(),
});

const serving = ({ stock, course }: Look): number => countOf(acceptedOf(stock, course), 'ready', 'held');
const healthy = ({ stock, course }: Look): number =>
  countOf(acceptedOf(stock, course), 'ready', 'held', 'staged');

/** What it replaced is still there in a blue-green rollout, for the case that baking fails. */
const allServe = (look: Look): boolean =>
  look.course.strategy === 'blueGreen'
    ? serving(look) >= look.course.replicas
    : isComplete(look.course, look.stock);

const isPromoted = (stage: RolloutStage, { rollout }: Look): boolean => rollout.promotions > stage.promotions;

/** Time that it stood still for a person does not count. */
function hasLasted({ since }: RolloutStage, seconds: number, { rollout, now }: Look): boolean {
  const start = Math.max(Date.parse(since), rollout.resumedAt?.getTime() ?? 0);
  return now.getTime() - start >= seconds * 1000;
}
