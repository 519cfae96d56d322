import type { Instance, Served } from '@diecast/model';
import {
  ChoiceShown,
  FlagShown,
  iso,
  isoOrNull,
  ObjectShown,
  TextShown,
  TimeShown,
  UuidShown,
  WholeShown,
} from '../http/shown.js';
import { INSTANCE_STATUSES } from './instances.dto.js';

export class ServedView implements Served {
  @WholeShown('Requests that it was given (connections, where the balancer sees no more).', {
    example: 40_961,
  })
  readonly requests!: number;

  @WholeShown('Those of them that failed by its fault.', { example: 0 })
  readonly failures!: number;
}

export class InstanceView {
  @UuidShown('Also the UUID of its domain at libvirt.')
  readonly id!: string;

  @TextShown('Service that it belongs to.', { example: 'web' })
  readonly service!: string;

  @WholeShown('Iteration that it was cast from; 0 for a machine that proves an image.', { example: 3 })
  readonly iteration!: number;

  @TextShown('Host that it is on.', { nullable: true, example: 'rack1-a' })
  readonly host!: string | null;

  @ChoiceShown('How far it is.', INSTANCE_STATUSES, { example: 'available' })
  readonly status!: string;

  @TextShown('Why it has this status.', { nullable: true, example: null })
  readonly statusReason!: string | null;

  @WholeShown('Grows with every start and move; an older copy of it is removed on sight.', { example: 1 })
  readonly generation!: number;

  @TextShown('Its IPv4 address.', { nullable: true, example: '192.0.2.10' })
  readonly address!: string | null;

  @TextShown('Of its network card.', { example: '52:54:00:6f:2b:11' })
  readonly mac!: string;

  @FlagShown('Whether it passes its health check.', { example: true })
  readonly healthy!: boolean;

  @FlagShown('Whether the balancer sends it requests.', { example: true })
  readonly inTraffic!: boolean;

  @UuidShown('Snapshot that it was restored from.', { nullable: true, example: null })
  readonly restoredFrom!: string | null;

  @TimeShown('When it was asked for.')
  readonly createdAt!: string;

  @TimeShown('When its start was over and its checks began.', { nullable: true })
  readonly assembledAt!: string | null;

  @TimeShown('When it became available.', { nullable: true })
  readonly availableAt!: string | null;

  @TimeShown('When it was last let into traffic.', { nullable: true })
  readonly inTrafficAt!: string | null;

  @TimeShown('When it got out of traffic since; null while it is in.', { nullable: true, example: null })
  readonly drainedAt!: string | null;

  @TimeShown('Since when it has been waiting, paused in memory.', { nullable: true, example: null })
  readonly standbyAt!: string | null;

  @TimeShown('When it was discontinued or failed.', { nullable: true, example: null })
  readonly endedAt!: string | null;

  @ObjectShown('What the balancer has counted of it so far; null: it was never asked.', () => ServedView, {
    nullable: true,
  })
  readonly served!: ServedView | null;
}

export const instanceView = (instance: Instance): InstanceView => ({
  id: instance.id,
  service: instance.service,
  iteration: instance.iteration,
  host: instance.host,
  status: instance.status,
  statusReason: instance.statusReason,
  generation: instance.generation,
  address: instance.address,
  mac: instance.mac,
  healthy: instance.healthy,
  inTraffic: instance.inTraffic,
  restoredFrom: instance.restoredFrom,
  createdAt: iso(instance.createdAt),
  assembledAt: isoOrNull(instance.assembledAt),
  availableAt: isoOrNull(instance.availableAt),
  inTrafficAt: isoOrNull(instance.inTrafficAt),
  drainedAt: isoOrNull(instance.drainedAt),
  standbyAt: isoOrNull(instance.standbyAt),
  endedAt: isoOrNull(instance.endedAt),
  served: instance.served,
});
