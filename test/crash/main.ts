/**
 * `npm run test:crash`: kills the worker of every flow at every point, lets another one take over, and looks at the hosts
 * themselves for anything that should not be so.
 */
import { parseArgs } from 'node:util';
import { declareAll, type Declared } from './declared.js';
import { pointName, pointsOf, sample, seeded, type Point } from './points.js';
import { killAt, traceOf, type Outcome } from './run-point.js';
import { SCENARIOS, type Scenario } from './scenarios.js';
import { openWorld, type World } from './world.js';

const HELP = `npm run test:crash -- [--flow NAME]... [--sample N] [--seed N] [--at PLACE] [--list] [--json]

  --flow NAME   only this flow (again for more): ${SCENARIOS.map(({ flow }) => flow).join(', ')}
  --sample N    so many points of each flow, chosen by the seed, instead of all
  --seed N      default 1
  --at PLACE    only points whose name contains this
  --list        print the points of the flows and end
  --json        the last line is one JSON object`;

const { values } = parseArgs({
  options: {
    flow: { type: 'string', multiple: true },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    at: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function chosenScenarios(): readonly Scenario[] {
  const names = values.flow ?? SCENARIOS.map(({ flow }) => flow);
  return names.map((name) => {
    const found = SCENARIOS.find(({ flow }) => flow === name);
    if (found === undefined) throw new Error(`there is no flow "${name}".\n${HELP}`);
    return found;
  });
}

function chosenPoints(trace: readonly string[], random: () => number): readonly Point[] {
  const all = pointsOf(trace).filter((point) => pointName(point).includes(values.at));
  return values.sample === undefined ? all : sample(all, Number(values.sample), random);
}

async function strike(world: World, scenario: Scenario, declared: Declared, point: Point): Promise<Outcome> {
  const outcome = await killAt(world, scenario, declared, point);
  const verdict = outcome.violations.length === 0 ? 'ok' : `WRONG: ${outcome.violations.join('; ')}`;
  const how = outcome.struck ? outcome.status : `${outcome.status}, not struck`;
  process.stdout.write(
    `${outcome.flow}  ${outcome.point}  ${how}  ${outcome.recoverySeconds} s  ${verdict}\n`,
  );
  return outcome;
}

async function run(): Promise<readonly Outcome[]> {
  const random = seeded(Number(values.seed));
  let world = await openWorld('crash', 2);
  const outcomes: Outcome[] = [];
  try {
    let declared = await declareAll(world);
    for (const scenario of chosenScenarios()) {
      const points = chosenPoints(await traceOf(world, scenario, declared), random);
      process.stdout.write(`\n== ${scenario.flow}: ${points.length} points\n`);
      if (values.list) process.stdout.write(points.map((point) => `${pointName(point)}\n`).join(''));
      for (const point of values.list ? [] : points) {
        const outcome = await strike(world, scenario, declared, point);
        outcomes.push(outcome);
        if (outcome.violations.length === 0) continue;
        // What is wrong now would be held against the next run, too.
        await world.close();
        world = await openWorld('crash', 2);
        declared = await declareAll(world);
      }
    }
  } finally {
    await world.close();
  }
  return outcomes;
}

if (values.help) {
  process.stdout.write(`${HELP}\n`);
} else {
  const outcomes = await run();
  const wrong = outcomes.filter(({ violations }) => violations.length > 0);
  const report = {
    kills: outcomes.filter(({ struck }) => struck).length,
    points: outcomes.length,
    violations: wrong.length,
    longestRecoverySeconds: Math.max(0, ...outcomes.map(({ recoverySeconds }) => recoverySeconds)),
    wrong: wrong.map(({ flow, point, violations }) => ({ flow, point, violations })),
  };
  process.stdout.write(
    values.json
      ? `${JSON.stringify(report)}\n`
      : `\n${report.kills} kills, ${report.violations} violations, longest recovery ${report.longestRecoverySeconds} s\n`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
