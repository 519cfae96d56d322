import { connectProcedures } from './connect.js';
import { domainBlockProcedures } from './domain-block.js';
import { domainDevicesProcedures } from './domain-devices.js';
import { domainGuestProcedures } from './domain-guest.js';
import { domainLifecycleProcedures } from './domain-lifecycle.js';
import { domainStateProcedures } from './domain-state.js';
import { domainTuningProcedures } from './domain-tuning.js';
import { interfacesProcedures } from './interfaces.js';
import { migrateProcedures } from './migrate.js';
import { networkPortProcedures, networkProcedures } from './networks.js';
import { nodeDeviceProcedures } from './node-devices.js';
import { nodeProcedures } from './node.js';
import { nwfilterBindingProcedures, nwfilterProcedures } from './nwfilters.js';
import { qemuProcedures } from './qemu.js';
import { secretProcedures } from './secrets.js';
import { checkpointProcedures, snapshotProcedures } from './snapshots.js';
import { storagePoolProcedures, storageVolProcedures } from './storage.js';

/**
 * Every procedure by libvirt's own name for it, without the prefix that is its group: DOMAIN_GET_XML_DESC is
 * `P.domain.getXmlDesc`. What hands over file descriptors is missing (Node's sockets cannot), and so are the oldest ways
 * to register for events, which name no callback.
 */
export const P = {
  connect: connectProcedures,
  node: nodeProcedures,
  domain: {
    ...domainLifecycleProcedures,
    ...domainStateProcedures,
    ...domainDevicesProcedures,
    ...domainBlockProcedures,
    ...domainTuningProcedures,
    ...domainGuestProcedures,
  },
  migrate: migrateProcedures,
  snapshot: snapshotProcedures,
  checkpoint: checkpointProcedures,
  storagePool: storagePoolProcedures,
  storageVol: storageVolProcedures,
  network: networkProcedures,
  networkPort: networkPortProcedures,
  nwfilter: nwfilterProcedures,
  nwfilterBinding: nwfilterBindingProcedures,
  interface: interfacesProcedures,
  nodeDevice: nodeDeviceProcedures,
  secret: secretProcedures,
  qemu: qemuProcedures,
} as const;
