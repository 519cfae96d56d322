import { describe, expect, it } from '@jest/globals';
import { LibvirtError, P, VIR_ERR } from '@diecast/node-libvirt';
import { domainInsideStories } from './breadth/domain-inside.js';
import { domainLifeStories } from './breadth/domain-life.js';
import { hostStories } from './breadth/host.js';
import { networkStories } from './breadth/networks.js';
import { defective, newer, refused, type Ask } from './breadth/refused.js';
import { snapshotStories } from './breadth/snapshots.js';
import { storageStories } from './breadth/storage.js';
import { useWorld } from './breadth/world.js';

const world = useWorld();

type Groups = Readonly<Record<string, Readonly<Record<string, Ask>> | undefined>>;

/** The codes of the errors that come back, by the procedure's place in `P`; null for an answer. */
async function codesOf(asks: Groups): Promise<Readonly<Record<string, number | null>>> {
  const codes: Record<string, number | null> = {};
  for (const [group, members] of Object.entries(asks)) {
    for (const [name, ask] of Object.entries(members ?? {})) {
      codes[`${group}.${name}`] = await ask().then(
        () => null,
        (error: unknown) => {
          if (error instanceof LibvirtError) return error.code;
          throw error;
        },
      );
    }
  }
  return codes;
}

const all = (
  codes: Readonly<Record<string, number | null>>,
  code: number,
): Readonly<Record<string, number>> => Object.fromEntries(Object.keys(codes).map((path) => [path, code]));

describe('every procedure that the test driver supports', () => {
  hostStories(world);
  domainLifeStories(world);
  domainInsideStories(world);
  snapshotStories(world);
  storageStories(world);
  networkStories(world);
});

describe('every other procedure', () => {
  const elsewhere = new Set<string>();

  it('is refused as not supported', async () => {
    const codes = await codesOf(await refused(world.host));
    expect(codes).toEqual(all(codes, VIR_ERR.NO_SUPPORT));
    for (const path of Object.keys(codes)) elsewhere.add(path);
  });

  it('is unknown to a daemon that is older', async () => {
    const codes = await codesOf(await newer(world.host));
    expect(codes).toEqual(all(codes, VIR_ERR.RPC));
    for (const path of Object.keys(codes)) elsewhere.add(path);
  });

  it('is one that the driver has and cannot do through a daemon', async () => {
    const codes = await codesOf(await defective(world.host));
    expect(codes).toEqual({
      'node.getFreePages': VIR_ERR.INTERNAL_ERROR,
      'domain.getSchedulerParametersFlags': VIR_ERR.INVALID_ARG,
      'domain.getLaunchSecurityInfo': VIR_ERR.INVALID_ARG,
    });
    for (const path of Object.keys(codes)) elsewhere.add(path);
  });

  it('is in exactly one of these lists, so that none is untried', () => {
    const procedures: Readonly<Record<string, Readonly<Record<string, { readonly name: string }>>>> = P;
    const places = Object.entries(procedures).flatMap(([group, members]) =>
      Object.entries(members).map(([member, { name }]) => {
        const path = `${group}.${member}`;
        return { path, lists: Number(world.answered.has(name)) + Number(elsewhere.has(path)) };
      }),
    );
    expect(places.filter(({ lists }) => lists !== 1)).toEqual([]);
    expect(elsewhere.size + world.answered.size).toBe(places.length);
  });
});
