import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { declareAll, type Declared } from '../crash/declared.js';
import { FAULTS } from '../crash/faults.js';
import { pointsOf, sample, seeded } from '../crash/points.js';
import { strikeAt, traceOf, type Outcome } from '../crash/run-point.js';
import { SCENARIOS } from '../crash/scenarios.js';
import { openWorld, type World } from '../crash/world.js';

/** `npm run test:crash` has every point of every flow; here three, always the same ones: a minute and a half. */
const SEED = 1;
const SAMPLE = [
  { flow: 'instance.create', fault: 'kill', points: 1 },
  { flow: 'instance.migrate', fault: 'stop', points: 1 },
  { flow: 'instance.discontinue', fault: 'twice', points: 1 },
] as const;

describe('operations whose worker is struck in the middle', () => {
  let world: World;
  let declared: Declared;

  beforeAll(async () => {
    world = await openWorld('crash', 2);
    declared = await declareAll(world);
  }, 300_000);

  afterAll(() => world?.close(), 60_000);

  it.each(SAMPLE)(
    'end well and leave nothing: $flow, $fault at $points points of the matrix (SPEC-OP-6)',
    async ({ flow, fault: name, points }) => {
      const scenario = SCENARIOS.find((each) => each.flow === flow);
      const fault = FAULTS.find((each) => each.name === name);
      if (scenario === undefined || fault === undefined) throw new Error(`there is no ${flow} or ${name}`);
      const trial = { world, scenario, declared, fault, hosts: ['a'] };
      const outcomes: Outcome[] = [];
      for (const point of sample(pointsOf(await traceOf(trial)), points, seeded(SEED)))
        outcomes.push(await strikeAt(trial, point));
      expect(outcomes.flatMap(({ violations }) => violations)).toEqual([]);
      expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'succeeded'));
    },
    240_000,
  );
});
