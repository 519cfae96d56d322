/** A file that nothing explains, and when it was first seen so. */
export type Unexplained = ReadonlyMap<string, number>;

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** What the naming functions of libs/model/src/host-file.ts make, and nothing else. The groups are the owners. */
const OUR_NAMES = [
  /^(sha256)-[0-9a-f]{64}\.blob$/,
  new RegExp(`^instance-(${UUID})(?:\\.(${UUID}))?\\.qcow2$`),
  new RegExp(`^instance-(${UUID})\\.seed\\.iso$`),
  new RegExp(`^snapshot-(${UUID})\\.memory$`),
  new RegExp(`^restore-(${UUID})\\.memory$`),
];
/** Far longer than anything needs between writing a file and its row, whichever comes first. */
export const LEFTOVER_AFTER_MS = 600_000;

export type PoolView = {
  /** Names of the files in the host's pool; read before everything else. */
  readonly files: readonly string[];
  /** Names that the store has of them. */
  readonly known: ReadonlySet<string>;
  /** Names that a running machine has open. */
  readonly inUse: ReadonlySet<string>;
  /** Ids of instances and snapshots that an open operation works on. */
  readonly busy: ReadonlySet<string>;
};

/**
 * Files of ours that nobody needs: no row explains them, no machine has them open, no operation works on their owner, and
 * that has been so for ten minutes.
 * @returns them, and what is to be remembered until the next look
 */
export function findLeftovers(
  view: PoolView,
  before: Unexplained,
  nowMs: number,
): { readonly remove: readonly string[]; readonly unexplained: Unexplained } {
  const unexplained = new Map(
    view.files
      .filter((name) => isUnexplained(name, view))
      .map((name) => [name, before.get(name) ?? nowMs] as const),
  );
  const remove = [...unexplained].filter(([, since]) => nowMs - since >= LEFTOVER_AFTER_MS);
  return { remove: remove.map(([name]) => name), unexplained };
}

function isUnexplained(name: string, { known, inUse, busy }: PoolView): boolean {
  if (known.has(name) || inUse.has(name)) return false;
  const owners = OUR_NAMES.map((pattern) => pattern.exec(name)?.slice(1)).find(
    (found) => found !== undefined,
  );
  return owners !== undefined && !owners.some((owner) => busy.has(owner));
}
