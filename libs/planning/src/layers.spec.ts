import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planLayerRemoval, standsOn, type Layer } from './layers.js';

const BLOB = 'image.blob';
const frozen = (name: string, backing: string, owner: string): Layer => ({
  name,
  backing,
  owner,
  frozen: true,
});
const active = (name: string, backing: string, owner: string): Layer => ({
  name,
  backing,
  owner,
  frozen: false,
});

describe('removing the layers of a snapshot', () => {
  const layers = [frozen('l1', BLOB, 's1'), frozen('l2', 'l1', 's2'), active('l3', 'l2', 'm')];

  it('puts the machine on what is below, when the newest goes', () => {
    expect(planLayerRemoval('s2', layers)).toEqual({
      flatten: [{ instanceId: 'm', onto: 'l1' }],
      busy: [],
      handOver: [],
      remove: ['l2'],
    });
  });

  it('leaves a layer to the snapshot that stands on it, when the oldest goes', () => {
    expect(planLayerRemoval('s1', layers)).toEqual({
      flatten: [],
      busy: [],
      handOver: [{ name: 'l1', to: 's2' }],
      remove: [],
    });
  });

  it('takes what was left to it along, from the top down', () => {
    const after = [frozen('l1', BLOB, 's2'), ...layers.slice(1)];
    expect(planLayerRemoval('s2', after)).toEqual({
      flatten: [{ instanceId: 'm', onto: BLOB }],
      busy: [],
      handOver: [],
      remove: ['l2', 'l1'],
    });
  });

  it('moves every machine that was restored from it onto the image', () => {
    const restored = [
      frozen('l1', BLOB, 's1'),
      active('l2', 'l1', 'm'),
      active('r', 'l1', 'r1'),
      active('q', 'l1', 'r2'),
    ];
    const plan = planLayerRemoval('s1', restored);
    expect(plan.flatten.map(({ instanceId }) => instanceId).sort()).toEqual(['m', 'r1', 'r2']);
    expect(plan.remove).toEqual(['l1']);
  });

  it('waits for a machine whose layer is just being frozen', () => {
    const taking = [...layers, active('l4', 'l3', 'm')];
    expect(planLayerRemoval('s2', taking).busy).toEqual(['m']);
    expect(planLayerRemoval('s1', taking).busy).toEqual([]);
  });

  it('just removes what nobody stands on', () => {
    const plan = planLayerRemoval('s1', [frozen('l1', BLOB, 's1')]);
    expect(plan).toEqual({ flatten: [], busy: [], handOver: [], remove: ['l1'] });
  });

  it('never takes a layer from under anybody, and leaves none behind, in any history', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('snapshot', 'restore', 'delete', 'end'), fc.nat())),
        (acts) => {
          const world = new World();
          for (const [act, pick] of acts) world.do(act, pick);
          for (const id of world.machines()) world.end(id);
          while (world.snapshots.length > 0) world.delete(0);
          expect(world.layers).toEqual([]);
        },
      ),
    );
  });
});

/** Machines and snapshots of one host, as the operations leave them. */
class World {
  layers: readonly Layer[] = [active('m0', BLOB, 'm0')];
  snapshots: readonly { readonly id: string; readonly layer: string }[] = [];
  #made = 0;

  machines(): readonly string[] {
    return this.layers.filter((layer) => !layer.frozen).map((layer) => layer.owner);
  }

  do(act: 'snapshot' | 'restore' | 'delete' | 'end', pick: number): void {
    const machine = this.machines()[pick % Math.max(1, this.machines().length)];
    const index = pick % Math.max(1, this.snapshots.length);
    this.#made += 1;
    if (act === 'snapshot' && machine !== undefined) this.snapshot(machine, `s${this.#made}`);
    if (act === 'end' && machine !== undefined) this.end(machine);
    const from = this.snapshots[index];
    if (from === undefined) return;
    if (act === 'restore')
      this.layers = [...this.layers, active(`l${this.#made}`, from.layer, `r${this.#made}`)];
    if (act === 'delete') this.delete(index);
  }

  snapshot(machine: string, id: string): void {
    const old = this.layers.find((layer) => !layer.frozen && layer.owner === machine);
    if (old === undefined) return;
    const rest = this.layers.filter((layer) => layer !== old);
    const next = active(`l${this.#made}`, old.name, machine);
    this.layers = [...rest, { ...old, owner: id, frozen: true }, next];
    this.snapshots = [...this.snapshots, { id, layer: old.name }];
  }

  end(machine: string): void {
    this.layers = this.layers.filter((layer) => layer.frozen || layer.owner !== machine);
  }

  delete(index: number): void {
    const [gone] = this.snapshots.slice(index, index + 1);
    if (gone === undefined) return;
    const plan = planLayerRemoval(gone.id, this.layers);
    this.snapshots = this.snapshots.filter((each) => each !== gone);
    for (const { instanceId, onto } of plan.flatten)
      this.#change(({ owner, frozen }) => !frozen && owner === instanceId, { backing: onto });
    for (const { name, to } of plan.handOver) this.#change((layer) => layer.name === name, { owner: to });
    for (const name of plan.remove) {
      expect(this.layers.filter((layer) => layer.backing === name)).toEqual([]);
      this.layers = this.layers.filter((layer) => layer.name !== name);
    }
    for (const { layer } of this.snapshots) expect(standsOn(layer, this.layers).at(-1)).toBe(BLOB);
  }

  #change(which: (layer: Layer) => boolean, change: Partial<Layer>): void {
    this.layers = this.layers.map((layer) => (which(layer) ? { ...layer, ...change } : layer));
  }
}
