import { AppError } from '@diecast/model';

/** A disk layer in one host's pool. */
export type Layer = {
  readonly name: string;
  /** What it stands on: another layer, or the image's blob. */
  readonly backing: string | null;
  /** Id of the machine that writes to it, or of the snapshot that keeps it frozen. */
  readonly owner: string;
  readonly frozen: boolean;
};

/** What has to happen on the host so that a snapshot's layers can go. */
export type LayerRemoval = {
  /** Machines that stand on what goes, and the file that each shall stand on instead. */
  readonly flatten: readonly { readonly instanceId: string; readonly onto: string }[];
  /** Layers that another snapshot stands on: they stay, and go with that one. */
  readonly handOver: readonly { readonly name: string; readonly to: string }[];
  /** Machines of which a snapshot is being taken: what they stand on is not known until that has ended. */
  readonly busy: readonly string[];
  /** From the top down, so that nothing ever stands on a file that is gone. */
  readonly remove: readonly string[];
};

/** Names from this file down to the image: what it stands on, whose every layer must stay as long as it stays. */
export function standsOn(name: string, layers: readonly Layer[]): readonly string[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const names: string[] = [];
  for (let below = byName.get(name)?.backing; below != null; below = byName.get(below)?.backing) {
    if (names.includes(below)) throw new AppError('internal', `Disk layer ${below} stands on itself.`);
    names.push(below);
  }
  return names;
}

/**
 * A frozen layer goes as soon as no other snapshot stands on it; machines never keep one, since a running machine can take
 * what it needs into its own layer. Deciding by owners alone, it gives the same in any order of deletion.
 */
export function planLayerRemoval(snapshotId: string, layers: readonly Layer[]): LayerRemoval {
  const sorted = [...layers].sort((a, b) => (a.name < b.name ? -1 : 1));
  const ours = sorted.filter(({ owner, frozen }) => frozen && owner === snapshotId);
  const heirs = new Map<string, string>();
  for (const { name, owner, frozen } of sorted) {
    if (!frozen || owner === snapshotId) continue;
    for (const below of standsOn(name, layers)) if (!heirs.has(below)) heirs.set(below, owner);
  }
  const going = new Set(ours.map(({ name }) => name).filter((name) => !heirs.has(name)));
  const flatten = new Map<string, string>();
  const busy = new Set<string>();
  for (const { name, owner, frozen } of sorted) {
    const below = frozen ? [] : standsOn(name, layers);
    const last = below.findLastIndex((each) => going.has(each));
    if (last < 0) continue;
    if (flatten.has(owner)) busy.add(owner);
    const onto = below[last + 1];
    if (onto === undefined) throw new AppError('internal', `Disk layer ${name} stands on no image.`);
    flatten.set(owner, onto);
  }
  return {
    flatten: [...flatten].map(([instanceId, onto]) => ({ instanceId, onto })),
    busy: [...busy],
    handOver: ours.flatMap(({ name }) => {
      const to = heirs.get(name);
      return to === undefined ? [] : [{ name, to }];
    }),
    remove: [...going].sort((a, b) => standsOn(b, layers).length - standsOn(a, layers).length),
  };
}
