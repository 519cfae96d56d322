/**
 * `npm run test:crash`: kills the worker of every flow at every point, lets another one take over, and looks at the hosts
 * themselves for anything that should not be so.
 */
import { parseArgs } from 'node:util';
import { declareAll, type Declared } from './declared.js';
import { pointName, pointsOf, sample, seeded, type Point } from './points.js';
import { FAULTS, type Fault } from './faults.js';
import { strikeAt, traceOf, type Outcome, type Trial } from './run-point.js';
import { SCENARIOS, type Scenario } from './scenarios.js';
import { openWorld, type World } from './world.js';

const HELP = `npm run test:crash -- [--flow NAME]... [--fault NAME]... [--sample N] [--seed N] [--at PLACE] [--list] [--json]

  --flow NAME   only this flow (again for more): ${SCENARIOS.map(({ flow }) => flow).join(', ')}
  --fault NAME  what strikes while the worker stands at the point (again for more; default kill):
                ${FAULTS.map(({ name }) => name).join(', ')}
  --sample N    so many points of each flow, chosen by the seed, instead of all
  --seed N      default 1
  --at PLACE    only points whose name contains this
  --list        print the points of the flows and end
  --json        the last line is one JSON object

SIGINT and SIGTERM end it after the point at which it is; what was found until then is told.`;

const { values } = parseArgs({
  options: {
    flow: { type: 'string', multiple: true },
    fault: { type: 'string', multiple: true, default: ['kill'] },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    at: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());

const named = <T>(wanted: readonly string[] | undefined, all: readonly T[], nameOf: (one: T) => string) =>
  (wanted ?? all.map(nameOf)).map((name) => {
    const found = all.find((one) => nameOf(one) === name);
    if (found === undefined) throw new Error(`there is no "${name}".\n${HELP}`);
    return found;
  });

function chosenPoints(trace: readonly string[], random: () => number): readonly Point[] {
  const all = pointsOf(trace).filter((point) => pointName(point).includes(values.at));
  return values.sample === undefined ? all : sample(all, Number(values.sample), random);
}

function tell({ flow, point, fault, status, struck, recoverySeconds, violations }: Outcome): void {
  const verdict = violations.length === 0 ? 'ok' : `WRONG: ${violations.join('; ')}`;
  const how = struck ? status : `${status}, not struck`;
  process.stdout.write(`${flow}  ${fault}  ${point}  ${how}  ${recoverySeconds} s  ${verdict}\n`);
}

/** A world that is opened anew after something went wrong in it: that would be held against the next run, too. */
class Worlds {
  private present: { readonly world: World; readonly declared: Declared } | undefined;

  async get(): Promise<{ readonly world: World; readonly declared: Declared }> {
    if (this.present !== undefined) return this.present;
    const world = await openWorld('crash', 2);
    this.present = { world, declared: await declareAll(world).catch(closing(world)) };
    return this.present;
  }

  async spoil(): Promise<void> {
    await this.present?.world.close();
    this.present = undefined;
  }
}

const closing =
  (world: World) =>
  async (error: unknown): Promise<never> => {
    await world.close();
    throw error;
  };

async function strikeFlow(
  scenario: Scenario,
  faults: readonly Fault[],
  worlds: Worlds,
  random: () => number,
) {
  const trial = async (fault: Fault): Promise<Trial> => ({
    ...(await worlds.get()),
    scenario,
    fault,
    hosts: [random() < 0.5 ? 'a' : 'b'],
  });
  const outcomes: Outcome[] = [];
  const trace = await traceOf({ ...(await worlds.get()), scenario });
  for (const fault of faults) {
    const points = chosenPoints(trace, random);
    process.stdout.write(`\n== ${scenario.flow}, ${fault.name}: ${points.length} points\n`);
    if (values.list) process.stdout.write(points.map((point) => `${pointName(point)}\n`).join(''));
    for (const point of values.list ? [] : points) {
      if (ending.signal.aborted) return outcomes;
      const outcome = await strikeAt(await trial(fault), point);
      tell(outcome);
      outcomes.push(outcome);
      if (outcome.violations.length > 0) await worlds.spoil();
    }
  }
  return outcomes;
}

async function run(): Promise<readonly Outcome[]> {
  const random = seeded(Number(values.seed));
  const faults = named(values.fault, FAULTS, ({ name }) => name);
  const worlds = new Worlds();
  const outcomes: Outcome[] = [];
  try {
    for (const scenario of named(values.flow, SCENARIOS, ({ flow }) => flow))
      if (!ending.signal.aborted) outcomes.push(...(await strikeFlow(scenario, faults, worlds, random)));
  } finally {
    await worlds.spoil();
  }
  return outcomes;
}

const longest = (outcomes: readonly Outcome[]): number =>
  Math.max(0, ...outcomes.map(({ recoverySeconds }) => recoverySeconds));
const isWrong = ({ violations }: Outcome): boolean => violations.length > 0;

/** Of every flow and fault that was tried. */
const perFlow = (outcomes: readonly Outcome[]) =>
  [...Map.groupBy(outcomes, ({ flow, fault }) => `${flow} ${fault}`).values()].map((those) => ({
    flow: those[0]?.flow,
    fault: those[0]?.fault,
    points: those.length,
    struck: those.filter(({ struck }) => struck).length,
    violations: those.filter(isWrong).length,
    longestRecoverySeconds: longest(those),
  }));

if (values.help) {
  process.stdout.write(`${HELP}\n`);
} else {
  const outcomes = await run();
  const wrong = outcomes.filter(isWrong);
  const report = {
    points: outcomes.length,
    kills: outcomes.filter(({ struck, fault }) => struck && fault === 'kill').length,
    faults: outcomes.filter(({ struck, fault }) => struck && fault !== 'kill').length,
    violations: wrong.length,
    longestRecoverySeconds: longest(outcomes),
    flows: perFlow(outcomes),
    wrong: wrong.map(({ flow, fault, point, violations }) => ({ flow, fault, point, violations })),
  };
  process.stdout.write(
    values.json
      ? `${JSON.stringify(report)}\n`
      : `\n${report.kills} kills, ${report.faults} other faults, ${report.violations} violations, longest recovery ${report.longestRecoverySeconds} s\n`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
