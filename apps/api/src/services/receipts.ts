import { AppError, type Instance, type Rollout } from '@diecast/model';
import { makeReceipt, tellRollout, type Receipt } from '@diecast/planning';
import type { Store } from '@diecast/store';
import { requireService } from './services.js';

export type ToldReceipt = {
  readonly rollout: Rollout;
  readonly receipt: Receipt;
  readonly story: readonly string[];
};

/** @throws AppError `not_found` */
export function readReceipt(store: Store, name: string, number: number): Promise<ToldReceipt> {
  return store.look(async (inside) => {
    await requireService(inside, name);
    const rollout = await inside.rollouts.find(name, number);
    if (rollout === undefined) throw new AppError('not_found', `Service ${name} has no rollout ${number}.`);
    const images = {
      from: rollout.fromIteration === null ? null : await imageOf(inside, name, rollout.fromIteration),
      to: await imageOf(inside, name, rollout.toIteration),
    };
    const receipt = makeReceipt(rollout, await allMachines(inside, name), images, new Date());
    return { rollout, receipt, story: tellRollout(rollout, receipt) };
  });
}

const imageOf = async (store: Store, name: string, number: number) =>
  (await store.services.iteration(name, number)).spec.image;

const PAGE = 500;

async function allMachines(store: Store, service: string): Promise<readonly Instance[]> {
  const machines: Instance[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Store['instances']['list']>> = await store.instances.list({
      service,
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    machines.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return machines;
}
