import type { Operation } from '@diecast/model';
import type { Declared } from './declared.js';
import { violations } from './invariants.js';
import { pointName, type Point } from './points.js';
import type { Scenario } from './scenarios.js';
import { SILENCE } from './tempo.js';
import { startVictim } from './victim.js';
import { untilOver, type World } from './world.js';

export type Outcome = {
  readonly flow: string;
  readonly point: string;
  readonly fault: string;
  /** False when the run never came by the point: loops differ from run to run. */
  readonly struck: boolean;
  readonly status: Operation['status'] | 'late';
  readonly violations: readonly string[];
  /** From the blow to the operation's end. */
  readonly recoverySeconds: number;
};

const RECOVERY_MS = 120_000;
const RUN_MS = 90_000;

/** The places that an undisturbed run comes by. @throws Error when it does not succeed or leaves something wrong */
export async function traceOf(
  world: World,
  scenario: Scenario,
  declared: Declared,
): Promise<readonly string[]> {
  const { kind, input } = await scenario.prepare(world, declared);
  const worker = startVictim(world, {});
  try {
    await worker.ready;
    const id = await world.insert(kind, input);
    const { status, error } = await untilOver(world, id, RUN_MS);
    const wrong = await violations(world);
    if (status !== 'succeeded' || wrong.length > 0)
      throw new Error(
        `undisturbed, ${kind} ends ${status} (${JSON.stringify(error)}): ${wrong.join('; ')}\n${worker.complaints()}`,
      );
    return worker.trace();
  } finally {
    await worker.kill('SIGKILL');
  }
}

/** Strikes the worker dead at the point; another one takes over. */
export async function killAt(
  world: World,
  scenario: Scenario,
  declared: Declared,
  point: Point,
): Promise<Outcome> {
  const { kind, input } = await scenario.prepare(world, declared);
  const victim = startVictim(world, { at: point });
  let id: string;
  let struck: boolean;
  try {
    await victim.ready;
    id = await world.insert(kind, input);
    struck = await Promise.race([
      victim.struck(RUN_MS),
      untilOver(world, id, RUN_MS).then(
        () => victim.struck(500),
        () => false,
      ),
    ]);
  } finally {
    await victim.kill('SIGKILL');
  }
  const blow = performance.now();
  const status = await world.carry(() => endOf(world, id));
  return {
    flow: scenario.flow,
    point: pointName(point),
    fault: 'SIGKILL',
    struck,
    status,
    violations: [
      ...(status === 'stuck' || status === 'late' ? [`the operation is ${status}`] : []),
      ...(await violations(world)),
    ],
    recoverySeconds: Math.round((performance.now() - blow) / 100) / 10,
  };
}

const endOf = (world: World, id: string): Promise<Outcome['status']> =>
  untilOver(world, id, SILENCE.leaseMs + RECOVERY_MS).then(
    ({ status }) => status,
    () => 'late',
  );
