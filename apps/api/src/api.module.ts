import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AuthGuard, ProblemFilter, strictValidation } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { EventsController } from './events/events.controller.js';
import { HostsController } from './hosts/hosts.controller.js';
import { Departure } from './http/departure.js';
import { Mutations } from './http/mutations.js';
import { BlobsController } from './images/blobs.controller.js';
import { ImagesController } from './images/images.controller.js';
import { InstancesController } from './instances/instances.controller.js';
import { OperationsController } from './operations/operations.controller.js';
import { BLOBS, CONFIG, DEPENDENCIES, METRICS, STORE, type ApiParts } from './parts.js';
import { EndpointsController } from './services/endpoints.controller.js';
import { RolloutsController } from './services/rollouts.controller.js';
import { ServicesController } from './services/services.controller.js';
import { SnapshotsController } from './snapshots/snapshots.controller.js';
import { SystemController } from './system/system.controller.js';
import { TokensController } from './tokens/tokens.controller.js';

@Module({})
export class ApiModule {
  static on(parts: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      // Their order is that of the documentation.
      controllers: [
        HostsController,
        BlobsController,
        ImagesController,
        ServicesController,
        RolloutsController,
        EndpointsController,
        InstancesController,
        SnapshotsController,
        OperationsController,
        EventsController,
        TokensController,
        SystemController,
      ],
      providers: [
        { provide: STORE, useValue: parts.store },
        { provide: CONFIG, useValue: parts.config },
        { provide: METRICS, useValue: parts.metrics },
        { provide: BLOBS, useValue: parts.blobs },
        { provide: DEPENDENCIES, useValue: parts.dependencies },
        Departure,
        {
          provide: Mutations,
          inject: [STORE, Departure],
          useFactory: (store: Store, departure: Departure) => new Mutations(store, departure),
        },
        { provide: APP_GUARD, useValue: new AuthGuard(parts.store) },
        { provide: APP_PIPE, useValue: strictValidation() },
        { provide: APP_FILTER, useValue: new ProblemFilter(parts.log) },
      ],
    };
  }
}
