import { ROLLOUT_STATES, type Finding, type Rollout, type RolloutStage } from '@diecast/model';
import {
  ChoiceShown,
  FlagShown,
  iso,
  isoOrNull,
  ObjectShown,
  TextShown,
  TimeShown,
  UuidShown,
  WholeShown,
} from '../http/shown.js';

export class NoteView {
  @TimeShown('When it was decided.')
  readonly at!: string;

  @TextShown('What was decided.', { example: 'create' })
  readonly action!: string;

  @UuidShown('The machine that it is about.', { required: false })
  readonly instanceId?: string;

  @TextShown('Why.', { example: '2 of 3 machines are of iteration 3, and one more may exist' })
  readonly reason!: string;
}

const STAGES: readonly RolloutStage['name'][] = ['cast', 'canary', 'preview', 'bake', 'retire'];

export class StageView implements RolloutStage {
  @ChoiceShown(
    '`cast`: machines are made, and take over as the strategy lets them. `canary`: a step of it is served, and the gates are watched. `preview`: a whole new set waits to be promoted. `bake`: all requests are served, and the gates are watched. `retire`: it has proved good, and what it replaced leaves.',
    STAGES,
    { example: 'canary' },
  )
  readonly name!: RolloutStage['name'];

  @WholeShown('Step of a canary, from 0; their number when they are over.', { example: 1 })
  readonly step!: number;

  @WholeShown('Promotions that it had had when this stage began.', { example: 0 })
  readonly promotions!: number;

  @TimeShown('Since when.')
  readonly since!: string;
}

export class FindingView implements Finding {
  @TextShown('Of the analysis.', { example: 'errors' })
  readonly name!: string;

  @TimeShown('When it was asked.')
  readonly at!: string;

  @FlagShown('Whether the answer was good.', { example: true })
  readonly good!: boolean;

  @WholeShown('Bad answers in a row.', { example: 0 })
  readonly badInRow!: number;

  @TextShown('What was measured, or why not.', { example: '0.02 is at most 0.5' })
  readonly message!: string;
}

const TRIGGERS: readonly Rollout['trigger'][] = [
  'declared',
  'rollback',
  'automaticRollback',
  'abort',
  'scale',
  'replace',
];

export class RolloutView {
  @TextShown('Service that it belongs to.', { example: 'web' })
  readonly service!: string;

  @WholeShown('Counted per service, from 1.', { example: 4 })
  readonly number!: number;

  @WholeShown('Null for the first.', { nullable: true, example: 2 })
  readonly fromIteration!: number | null;

  @WholeShown('Where it goes.', { example: 3 })
  readonly toIteration!: number;

  @ChoiceShown('Why it was started.', TRIGGERS, { example: 'declared' })
  readonly trigger!: string;

  @ChoiceShown('How it is.', Object.keys(ROLLOUT_STATES), { example: 'running' })
  readonly status!: string;

  @TextShown('Why it has this status.', { nullable: true, example: null })
  readonly statusReason!: string | null;

  @UuidShown('The operation to watch.')
  readonly operationId!: string;

  @ObjectShown('Where it stands; null before it was first looked at.', () => StageView, { nullable: true })
  readonly stage!: RolloutStage | null;

  @TimeShown('Since when somebody has stopped it.', { nullable: true, example: null })
  readonly pausedAt!: string | null;

  @TimeShown('When it last went on after that.', { nullable: true, example: null })
  readonly resumedAt!: string | null;

  @WholeShown('How often it was promoted.', { example: 0 })
  readonly promotions!: number;

  @ObjectShown('What each analysis has answered last.', () => FindingView, { isArray: true })
  readonly findings!: readonly Finding[];

  @ObjectShown('Every decision, with its reason.', () => NoteView, { isArray: true })
  readonly notes!: readonly NoteView[];

  @TimeShown('When it began.')
  readonly startedAt!: string;

  @TimeShown('When it ended.', { nullable: true })
  readonly finishedAt!: string | null;
}

/** Without the class, so that more can be said beside it. */
export const rolloutFields = (rollout: Rollout) => ({
  ...rollout,
  pausedAt: isoOrNull(rollout.pausedAt),
  resumedAt: isoOrNull(rollout.resumedAt),
  startedAt: iso(rollout.startedAt),
  finishedAt: isoOrNull(rollout.finishedAt),
});

export const rolloutView: (rollout: Rollout) => RolloutView = rolloutFields;
