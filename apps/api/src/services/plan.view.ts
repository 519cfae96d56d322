import type { HashedPlan } from './make-plan.js';
import { STRATEGIES } from './rollout.dto.js';
import {
  ChoiceShown,
  DigestShown,
  FlagShown,
  JsonShown,
  ObjectShown,
  TextShown,
  WholeShown,
} from '../http/shown.js';

export class FieldChangeView {
  @TextShown('Which field.', { example: 'spec.machine.memoryMiB' })
  readonly path!: string;

  @JsonShown('As it is; null: not there.', { nullable: true, example: 128 })
  readonly from!: HashedPlan['changes'][number]['from'];

  @JsonShown('As it would be; null: not there.', { nullable: true, example: 256 })
  readonly to!: HashedPlan['changes'][number]['to'];
}

type SurgeOfPlan = HashedPlan['surge'];
export class SurgeView implements SurgeOfPlan {
  @WholeShown('Machines at once, at most.', { example: 7 })
  readonly machines!: number;

  @TextShown('What makes them so many.', {
    example: '3 replicas, 1 more while they are replaced, 3 on standby',
  })
  readonly sum!: string;

  @WholeShown('Memory that must be free for those that are not there yet, in MiB.', { example: 768 })
  readonly memoryMiB!: number;

  @WholeShown('Addresses that must be free for them; null: the network gives them (DHCP).', {
    nullable: true,
    example: 4,
  })
  readonly addresses!: number | null;
}

export class RefusalView {
  @TextShown('The host.', { example: 'rack1-b' })
  readonly host!: string;

  @TextShown('Why it cannot take the machine.', { example: 'is cordoned' })
  readonly reason!: string;
}

type PlacementOfPlan = HashedPlan['placements'][number];
export class PlacementView implements PlacementOfPlan {
  @TextShown('Where the machine would go; null: no host can take it.', { nullable: true, example: 'rack1-a' })
  readonly host!: string | null;

  @TextShown('Why.', { example: 'it has no machine of web, the fewest, and 15104 MiB stay free' })
  readonly reason!: string;

  @ObjectShown('Hosts that cannot take it.', () => RefusalView, { isArray: true })
  readonly refused!: readonly RefusalView[];
}

export class TransferView {
  @TextShown('Where to.', { example: 'rack1-a' })
  readonly host!: string;

  @WholeShown('Bytes of the image that it lacks.', { example: 1_073_741_824 })
  readonly bytes!: number;
}

export class ExpectationView {
  @WholeShown('Seconds.', { example: 36 })
  readonly seconds!: number;

  @TextShown('What that is made from.', { example: '3 machines, 12.0 s each: the median of rollouts 3, 2' })
  readonly from!: string;
}

const OBSTACLES = ['image', 'balancer', 'hosts', 'room', 'addresses'] as const;

type BlockerOfPlan = HashedPlan['blockers'][number];
export class BlockerView implements BlockerOfPlan {
  @ChoiceShown('What there is too little of.', OBSTACLES, { example: 'room' })
  readonly what!: BlockerOfPlan['what'];

  @TextShown('Why it blocks.', { example: 'no host can take machine 1 of 3 (256 MiB): rack1-a is cordoned' })
  readonly why!: string;

  @TextShown('What would unblock it.', { example: 'Free memory on a host or add one.' })
  readonly remedy!: string;
}

export class PlanView implements HashedPlan {
  @ChoiceShown('`settings` casts no new iteration.', ['created', 'none', 'settings', 'iteration'], {
    example: 'iteration',
  })
  readonly change!: HashedPlan['change'];

  @ObjectShown('Field by field.', () => FieldChangeView, { isArray: true })
  readonly changes!: readonly FieldChangeView[];

  @WholeShown('Iteration of the service as it is.', { nullable: true, example: 2 })
  readonly fromIteration!: number | null;

  @WholeShown('Null: a new one.', { nullable: true, example: null })
  readonly toIteration!: number | null;

  @FlagShown('Whether machines would be cast or discontinued.', { example: true })
  readonly startsRollout!: boolean;

  @ChoiceShown(
    'How it would go about it: a first set, and one that only grows, tries nothing out.',
    STRATEGIES,
    {
      example: 'canary',
    },
  )
  readonly strategy!: HashedPlan['strategy'];

  @ObjectShown('The most that it asks for at one moment.', () => SurgeView)
  readonly surge!: SurgeView;

  @ObjectShown(
    'Where each machine would go, in the order in which they are cast; it ends with the first that no host can take.',
    () => PlacementView,
    { isArray: true },
  )
  readonly placements!: readonly PlacementView[];

  @ObjectShown('What each host lacks of the image.', () => TransferView, { isArray: true })
  readonly images!: readonly TransferView[];

  @ObjectShown(
    'How long it may take, by former rollouts; null: there is none to tell from.',
    () => ExpectationView,
    {
      nullable: true,
    },
  )
  readonly expected!: ExpectationView | null;

  @ObjectShown('What keeps it from being brought about, now.', () => BlockerView, { isArray: true })
  readonly blockers!: readonly BlockerView[];

  @DigestShown('The same as long as declaring it would do the same. Declare with it as `plan`.')
  readonly hash!: string;
}
