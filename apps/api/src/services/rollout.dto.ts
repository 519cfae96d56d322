import type { RolloutStrategy } from '@diecast/model';
import {
  ChoiceField,
  FlagField,
  NameField,
  NumberField,
  ObjectsField,
  TextField,
  WholeField,
} from '../http/fields.js';

export const STRATEGIES = ['rolling', 'blueGreen', 'canary', 'recreate'] as const satisfies RolloutStrategy[];

export const MOST_STEPS = 20;
export const MOST_ANALYSES = 10;
/** A week. */
const LONGEST_WAIT = 604_800;

export class CanaryStepBody {
  @WholeField('Part of the requests that the new iteration gets.', 1, 99, { unit: 'percent', example: 10 })
  readonly weight!: number;

  @WholeField(
    'How long the gates must hold before the next step; null or left out: until somebody promotes.',
    0,
    LONGEST_WAIT,
    { unit: 'seconds', optional: true, nullable: true, example: 300 },
  )
  readonly pauseSeconds?: number | null;
}

export class AnalysisBody {
  @NameField('What you call it; once per service.', { example: 'errors' })
  readonly name!: string;

  @ChoiceField(
    '`prometheus`: a query with one number as its answer. `webhook`: the rollout is posted as JSON, and a status of 200 to 299 is a good answer.',
    ['prometheus', 'webhook'],
    { example: 'prometheus' },
  )
  readonly kind!: 'prometheus' | 'webhook';

  @TextField('Base address of the Prometheus server, or the address of the webhook.', {
    most: 2048,
    pattern: /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/,
    rule: 'an address http://… or https://… without user, query or fragment,',
    example: 'http://prometheus.example.org:9090',
  })
  readonly url!: string;

  @TextField('PromQL (`prometheus`).', {
    most: 4096,
    pattern: /\S/,
    rule: 'a query',
    optional: true,
    example: 'sum(rate(http_requests_total{code=~"5.."}[1m]))',
  })
  readonly query?: string;

  @NumberField('A lower answer is bad (`prometheus`); null: no limit.', { optional: true, nullable: true })
  readonly least?: number | null;

  @NumberField('A higher answer is bad (`prometheus`); null: no limit.', {
    optional: true,
    nullable: true,
    example: 0.5,
  })
  readonly most?: number | null;

  @WholeField('From one question to the next.', 1, 3600, { unit: 'seconds', optional: true, default: 10 })
  readonly intervalSeconds?: number;

  @WholeField('Bad answers in a row that end the rollout; no answer is a bad one.', 1, 100, {
    optional: true,
    default: 3,
  })
  readonly failures?: number;
}

export class RolloutBody {
  @ChoiceField(
    'How one iteration takes the place of another. `rolling`: machine by machine. `blueGreen`: a whole new set, then all requests at once. `canary`: step by step more requests. `recreate`: the new ones when the old ones are gone, for what must not run twice.',
    STRATEGIES,
    { optional: true, default: 'rolling' },
  )
  readonly strategy?: RolloutStrategy;

  @WholeField('Machines beyond `replicas` that may exist meanwhile.', 0, 100, { optional: true, default: 1 })
  readonly maxSurge?: number;

  @WholeField('Machines below `replicas` that may be available meanwhile.', 0, 100, {
    optional: true,
    default: 0,
  })
  readonly maxUnavailable?: number;

  @WholeField('New machines on their way at once (`rolling`); null: as many as there is room for.', 1, 1000, {
    optional: true,
    nullable: true,
    default: null,
  })
  readonly batch?: number | null;

  @ChoiceField(
    'Which machine is replaced first: one on the host with the most (`spread`), or the oldest.',
    ['spread', 'oldest'],
    { optional: true, default: 'spread' },
  )
  readonly order?: 'spread' | 'oldest';

  @ObjectsField(
    'Steps of a canary, with growing weights; after the last one everything follows.',
    () => CanaryStepBody,
    {
      most: MOST_STEPS,
      optional: true,
      default: [],
    },
  )
  readonly steps?: CanaryStepBody[];

  @ChoiceField(
    'Whether a whole new set takes over by itself, or waits until somebody promotes it (`blueGreen`).',
    ['automatic', 'manual'],
    { optional: true, default: 'automatic' },
  )
  readonly promotion?: 'automatic' | 'manual';

  @WholeField(
    'How long a whole new set must serve with its gates held until it is known to be good.',
    0,
    LONGEST_WAIT,
    {
      unit: 'seconds',
      optional: true,
      default: 0,
    },
  )
  readonly bakeSeconds?: number;

  @ObjectsField(
    'What is asked again and again while a rollout runs; enough bad answers end it.',
    () => AnalysisBody,
    {
      most: MOST_ANALYSES,
      optional: true,
      default: [],
    },
  )
  readonly analysis?: AnalysisBody[];

  @WholeField('No machine became available for this long: the rollout failed.', 10, 86_400, {
    unit: 'seconds',
    optional: true,
    default: 600,
  })
  readonly progressDeadlineSeconds?: number;

  @WholeField('How long a machine may finish its requests before it is discontinued.', 0, 3600, {
    unit: 'seconds',
    optional: true,
    default: 10,
  })
  readonly drainSeconds?: number;

  @FlagField('A failed rollout goes back to the last known-good iteration by itself.', {
    optional: true,
    default: true,
  })
  readonly automaticRollback?: boolean;

  @WholeField(
    'How long replaced machines of the last known-good iteration wait, paused in memory, so that going back takes no boot; 0: they do not.',
    0,
    LONGEST_WAIT,
    { unit: 'seconds', optional: true, default: 0 },
  )
  readonly standbySeconds?: number;

  @WholeField('More of the replicas than this sick at once: nothing is replaced any more.', 1, 100, {
    unit: 'percent',
    optional: true,
    default: 50,
  })
  readonly brakePercent?: number;
}
