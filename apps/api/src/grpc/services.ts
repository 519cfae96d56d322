import type { Site } from '../services/services.js';
import { EventsDefinition } from './gen/diecast/v1/events.js';
import { HostsDefinition } from './gen/diecast/v1/hosts.js';
import { ImagesDefinition } from './gen/diecast/v1/images.js';
import { InstancesDefinition } from './gen/diecast/v1/instances.js';
import { OperationsDefinition } from './gen/diecast/v1/operations.js';
import { ServicesDefinition } from './gen/diecast/v1/services.js';
import { SnapshotsDefinition } from './gen/diecast/v1/snapshots.js';
import { HOST_RPCS } from './hosts.rpcs.js';
import { IMAGE_RPCS } from './images.rpcs.js';
import { INSTANCE_RPCS } from './instances.rpcs.js';
import { OPERATION_RPCS } from './operations.rpcs.js';
import type { RpcsOf } from './rpc.js';
import { serviceRpcs } from './services.rpcs.js';
import { SNAPSHOT_RPCS } from './snapshots.rpcs.js';
import { EVENT_RPCS } from './watch.js';
import type { Definition } from './wire.js';

const served = <D extends Definition>(definition: D, rpcs: RpcsOf<D>) => ({ definition, rpcs });

/** All that is served, each service with its rpcs. */
export const servicesOf = (site: Site) => [
  served(HostsDefinition, HOST_RPCS),
  served(ImagesDefinition, IMAGE_RPCS),
  served(ServicesDefinition, serviceRpcs(site)),
  served(InstancesDefinition, INSTANCE_RPCS),
  served(SnapshotsDefinition, SNAPSHOT_RPCS),
  served(OperationsDefinition, OPERATION_RPCS),
  served(EventsDefinition, EVENT_RPCS),
];
