import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_NAMES, Libvirt, type HostEvent } from '@diecast/node-libvirt';
import * as constants from '../../../libs/node-libvirt/src/constants/index.js';
import { EVENTS } from '../../../libs/node-libvirt/src/client/event-schema.js';
import {
  normal,
  normalError,
  startPythonLibvirt,
  type Normal,
  type PythonLibvirt,
} from '../../harness/libvirt-python.js';
import { startLibvirtd, type TestLibvirtd } from '../../harness/libvirtd.js';
import { until } from '../../harness/until.js';
import { differences, leaves } from './side-by-side/compare.js';
import { PREFIXES, YOUNGER } from './side-by-side/constant-names.js';
import { domainInsideSteps } from './side-by-side/domain-inside-steps.js';
import { domainSteps } from './side-by-side/domain-steps.js';
import { driverSteps } from './side-by-side/driver-steps.js';
import { eventfulSteps } from './side-by-side/event-steps.js';
import { errorSteps, hostSteps } from './side-by-side/host-steps.js';
import { interfaceSteps, networkSteps, storageSteps } from './side-by-side/object-steps.js';
import { saveSteps } from './side-by-side/save-steps.js';
import { snapshotSteps } from './side-by-side/snapshot-steps.js';
import { Ours, type Step } from './side-by-side/steps.js';

let daemon: TestLibvirtd;
let python: PythonLibvirt;
let ours: Ours;
const clients = new Map<string, Libvirt>();
const compared = { procedures: new Set<string>(), answers: 0, values: 0 };

function client(driver: string, path: string): Libvirt {
  const made = clients.get(driver) ?? new Libvirt(`${driver}+unix://${path}?socket=${daemon.socket}`);
  clients.set(driver, made);
  return made;
}

beforeAll(async () => {
  daemon = await startLibvirtd();
  python = startPythonLibvirt(daemon.socket);
  ours = new Ours(
    client('test', '/default'),
    (driver) => client(driver, '/system'),
    (name) => join(daemon.dir, 'run', name),
  );
}, 60_000);

afterAll(async () => {
  for (const each of clients.values()) each.close();
  await python?.stop();
  await daemon?.stop();
  const { answers, procedures, values } = compared;
  console.log(`compared ${values} values in ${answers} answers of ${procedures.size} procedures`);
});

const isError = (answer: Normal): boolean =>
  typeof answer === 'object' && answer !== null && 'error' in answer;

/**
 * Where our client says something else than theirs. Theirs is asked before and after, so that what grows with time has
 * bounds; what changes something is done once by each.
 */
async function differencesIn(step: Step): Promise<readonly string[]> {
  const { path, theirs } = step;
  compared.procedures.add(path);
  const ask = (): Promise<Normal> => step.ours(ours).catch(normalError);
  if (theirs === undefined) {
    const answer = await ask();
    return isError(answer) ? [`${path}: ${JSON.stringify(answer)}`] : [];
  }
  const before = await python.evaluate(theirs);
  const answer = await ask();
  const after = theirs.startsWith('done(') ? before : await python.evaluate(theirs);
  compared.answers += 1;
  compared.values += leaves(answer);
  return differences(path, before, answer, after);
}

async function run(steps: readonly Step[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const step of steps) found.push(...(await differencesIn(step)));
  return found;
}

/** An event as the binding's callbacks get it; those of objects other than domains have no number there. */
function asTold(event: HostEvent): readonly unknown[] {
  const { type, ...rest } = event;
  return [EVENTS[type].id, ...Object.values(rest)];
}

const isTheLast = ({ dom, event }: HostEvent<'lifecycle'>): boolean =>
  dom.name === 'last' && event === constants.LIFECYCLE.STOPPED;

describe("node-libvirt and libvirt's own client (SPEC-VIRT-6)", () => {
  it('say the same of the machine', async () => {
    expect(await run(hostSteps)).toEqual([]);
  });

  it('fail in the same way', async () => {
    expect(await run(errorSteps)).toEqual([]);
  });

  it('say the same of domains', async () => {
    expect(await run(domainSteps)).toEqual([]);
  });

  it('say the same of what is in a domain', async () => {
    expect(await run(domainInsideSteps)).toEqual([]);
  });

  it('say the same of snapshots and checkpoints', async () => {
    expect(await run(snapshotSteps)).toEqual([]);
  });

  it('say the same of what is saved', async () => {
    expect(await run(saveSteps)).toEqual([]);
  });

  it('say the same of storage', async () => {
    expect(await run(storageSteps)).toEqual([]);
  });

  it('say the same of networks', async () => {
    expect(await run([...networkSteps, ...interfaceSteps])).toEqual([]);
  });

  it('say the same of secrets, filters, ports and devices', async () => {
    expect(await run(driverSteps)).toEqual([]);
  });

  it('hear the same', async () => {
    const over = new AbortController();
    const heard: HostEvent[] = [];
    let connected = false;
    void (async () => {
      const names = EVENT_NAMES.filter((name) => EVENTS[name].register === EVENTS.lifecycle.register);
      for await (const event of client('test', '/default').events(names, over.signal)) {
        if (event.type === 'connected') connected = true;
        else if (event.type !== 'gap' && event.type !== 'disconnected') heard.push(event);
      }
    })();
    await until(() => (connected ? true : undefined));
    await python.evaluate('hear()');
    expect(await run(eventfulSteps)).toEqual([]);
    await until(() => heard.find((event) => event.type === 'lifecycle' && isTheLast(event)));
    const told: Normal[] = [];
    await until(async () => {
      told.push(...((await python.evaluate('told()')) as readonly Normal[]));
      return told.length < heard.length ? undefined : true;
    });
    over.abort();
    expect(heard.map((event) => normal(asTold(event)))).toEqual(told);
    compared.values += leaves(told);
  });

  it('call the same numbers by the same names', async () => {
    const theirs = (await python.evaluate('constants()')) as Readonly<Record<string, Normal>>;
    const wrong = Object.entries<Readonly<Record<string, number | string>>>(constants).flatMap(
      ([group, members]) =>
        Object.entries(members)
          .map(([name, value]) => ({ name: `${PREFIXES[group as keyof typeof constants]}${name}`, value }))
          .filter(({ name }) => !YOUNGER.has(name))
          .filter(({ name, value }) => JSON.stringify(theirs[name]) !== JSON.stringify(normal(value))),
    );
    expect(wrong).toEqual([]);
  });

  it('have been compared in nearly all that the drivers without a hypervisor can do', () => {
    expect(compared.procedures.size).toBeGreaterThan(250);
  });
});
