import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '@diecast/model';
import type { Declared } from './declared.js';
import type { Fault } from './faults.js';
import { violations } from './invariants.js';
import { pointName, type Point } from './points.js';
import type { Scenario } from './scenarios.js';
import { startVictim, type Victim } from './victim.js';
import { succeed, untilOver, type World } from './world.js';

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

/** A scenario in its world, and what befalls it. */
export type Trial = {
  readonly world: World;
  readonly scenario: Scenario;
  readonly declared: Declared;
  readonly fault: Fault;
  readonly hosts: readonly string[];
};

const RECOVERY_MS = 120_000;
const RUN_MS = 90_000;
/** As long as something stays broken, and as long as an awakened worker is given to do damage. */
const MEANWHILE_MS = 5_000;
const RETRIES = 3;

/** The places that an undisturbed run comes by. @throws Error when it does not succeed or leaves something wrong */
export async function traceOf({
  world,
  scenario,
  declared,
}: Pick<Trial, 'world' | 'scenario' | 'declared'>): Promise<readonly string[]> {
  const { kind, input } = await scenario.prepare(world, declared);
  const worker = startVictim(world, undefined);
  try {
    await worker.ready;
    const id = await world.insert(kind, input);
    const { status, error } = await untilOver(world, id, RUN_MS);
    const wrong = await violations(world);
    if (status === 'succeeded' && wrong.length === 0) return worker.trace();
    throw new Error(
      `undisturbed, ${kind} ends ${status} (${JSON.stringify(error)}): ${wrong.join('; ')}\n${worker.complaints()}`,
    );
  } finally {
    await worker.kill('SIGKILL');
  }
}

/** The worker stands still at the point, the fault strikes, and it goes on or another one takes over. */
export async function strikeAt(trial: Trial, point: Point): Promise<Outcome> {
  const { world, scenario, declared, fault } = trial;
  const { kind, input } = await scenario.prepare(world, declared);
  const victim = startVictim(world, point);
  try {
    await victim.ready;
    const id = await world.insert(kind, input);
    const struck = await untilStruck(world, victim, id);
    const blow = performance.now();
    const status = await world.carry(() => recover(trial, victim, id));
    const recoverySeconds = Math.round((performance.now() - blow) / 100) / 10;
    const ended =
      status === 'succeeded' || (fault.mayFail && (status === 'failed' || status === 'cancelled'));
    return {
      flow: scenario.flow,
      point: pointName(point),
      fault: fault.name,
      struck,
      status,
      violations: [...(ended ? [] : [`the operation is ${status}`]), ...(await violations(world))],
      recoverySeconds,
    };
  } finally {
    await victim.kill('SIGKILL');
  }
}

/** True when it stands at the point; false when the operation ended before it came by. */
async function untilStruck(world: World, victim: Victim, id: string): Promise<boolean> {
  const ended = untilOver(world, id, RUN_MS).then(
    () => victim.struck(500),
    () => false,
  );
  return Promise.race([victim.struck(RUN_MS), ended]);
}

async function recover(
  { world, fault, hosts }: Trial,
  victim: Victim,
  id: string,
): Promise<Outcome['status']> {
  await fault.strike(world, victim, hosts, id);
  await victim.kill('SIGCONT');
  if (fault.heal !== undefined) {
    await sleep(MEANWHILE_MS);
    await fault.heal(world, hosts);
  }
  let status = await endOf(world, id);
  // As a person does when it says what to do and the host is back.
  for (let tries = 0; status === 'stuck' && fault.mayFail && tries < RETRIES; tries += 1) {
    await sleep(MEANWHILE_MS);
    await world.services.store.operations.retry(id);
    status = await endOf(world, id);
  }
  await victim.kill('SIGCONT');
  if (fault.name !== 'kill') await sleep(MEANWHILE_MS);
  if (fault.takesMachines === true) await clearLost(world, hosts);
  return status;
}

const endOf = (world: World, id: string): Promise<Outcome['status']> =>
  untilOver(world, id, RECOVERY_MS).then(
    ({ status }) => status,
    () => 'late',
  );

/** What the service's controller does with machines that ended with their host. */
async function clearLost(world: World, hosts: readonly string[]): Promise<void> {
  const { store, hypervisors } = world.services;
  for (const name of hosts) {
    const on = hypervisors.at(await store.hosts.require(name));
    for (const { id } of await store.instances.reserved({ host: name }))
      if ((await on.machines.findMachine(id)) === undefined)
        await succeed(world, 'instance.discontinue', { instanceId: id });
  }
}
