import type { InputOf } from './operation-inputs.js';
import type { OperationKind } from './operation.js';

type LocksOf = { readonly [Kind in OperationKind]: (input: InputOf<Kind>) => readonly string[] };

/**
 * What each kind of operation works on alone. Two that share a name run one after the other, in the order in which they were
 * asked for; a child may work on what its parent holds. A kind that shares with everybody says so by naming nothing.
 */
const LOCKS: LocksOf = {
  'host.register': ({ name }) => [`host:${name}`],
  'host.drain': ({ name }) => [`host:${name}`],
  // Imports of one image share its row and its blobs.
  'image.import': () => [],
  'image.prove': ({ digest }) => [`image:${digest}`],
  'image.delete': ({ digest }) => [`image:${digest}`],
  'instance.create': ({ instanceId }) => [`instance:${instanceId}`],
  'instance.discontinue': ({ instanceId }) => [`instance:${instanceId}`],
  'instance.replace': ({ instanceId, replacementId }) => [
    `instance:${instanceId}`,
    `instance:${replacementId}`,
  ],
  'instance.migrate': ({ instanceId }) => [`instance:${instanceId}`],
  'instance.snapshot': ({ instanceId, snapshotId }) => [`instance:${instanceId}`, `snapshot:${snapshotId}`],
  'snapshot.restore': ({ snapshotId, instanceId }) => [`snapshot:${snapshotId}`, `instance:${instanceId}`],
  // Machines are not locked: libvirt does one thing at a time with a disk, and a layer that nobody stands on any more
  // cannot come into use again, because only a restore of this snapshot could do that.
  'snapshot.delete': ({ snapshotId }) => [`snapshot:${snapshotId}`],
  // A newer declaration takes the place of the one that runs.
  'service.rollout': () => [],
  'service.delete': ({ service }) => [`service:${service}`],
  'instance.park': ({ instanceId }) => [`instance:${instanceId}`],
  'instance.resume': ({ instanceId }) => [`instance:${instanceId}`],
};

export const operationLocks = <Kind extends OperationKind>(
  kind: Kind,
  input: InputOf<Kind>,
): readonly string[] => LOCKS[kind](input);
