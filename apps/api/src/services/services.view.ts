import type { Iteration, Service } from '@diecast/model';
import {
  ChoiceShown,
  DigestShown,
  iso,
  isoOrNull,
  MapShown,
  ObjectShown,
  TextShown,
  TimeShown,
  WholeShown,
} from '../http/shown.js';
import { HealthBody } from '../machines/health.dto.js';
import { MachineBody } from '../machines/machine.dto.js';
import { NetworkBody } from '../machines/network.dto.js';
import { hideUserData } from './plan.js';
import { RolloutBody } from './rollout.dto.js';
import { PlacementBody, SandboxBody, TrafficBody, UserDataBody } from './services.dto.js';

export class SpecView {
  @DigestShown('The image, by its digest.')
  readonly image!: string;

  @ObjectShown('What each machine is given.', () => MachineBody)
  readonly machine!: Iteration['spec']['machine'];

  @ObjectShown('Where each machine is plugged in.', () => NetworkBody)
  readonly network!: Iteration['spec']['network'];

  @ObjectShown('What each machine is told, without the texts: they may hold secrets.', () => UserDataBody)
  readonly userData!: Iteration['spec']['userData'];

  @ObjectShown('When a machine is healthy.', () => HealthBody)
  readonly health!: Iteration['spec']['health'];

  @ObjectShown('Who sends requests to the machines.', () => TrafficBody)
  readonly traffic!: Iteration['spec']['traffic'];

  @ObjectShown('How tightly a machine is locked in.', () => SandboxBody)
  readonly sandbox!: Iteration['spec']['sandbox'];
}

export class IterationView {
  @TextShown('Service that it belongs to.', { example: 'web' })
  readonly service!: string;

  @WholeShown('Counted per service, from 1.', { example: 3 })
  readonly number!: number;

  @TextShown('sha256 of the spec.', { example: '9f86d081884c7d65'.repeat(4) })
  readonly specHash!: string;

  @ObjectShown('What its machines are cast from; it never changes.', () => SpecView)
  readonly spec!: SpecView;

  @TimeShown('When it first served with all replicas.', { nullable: true })
  readonly knownGoodAt!: string | null;

  @TimeShown('When it was cut.')
  readonly createdAt!: string;
}

export const iterationView = (iteration: Iteration): IterationView => ({
  service: iteration.service,
  number: iteration.number,
  specHash: iteration.specHash,
  spec: specView(iteration),
  knownGoodAt: isoOrNull(iteration.knownGoodAt),
  createdAt: iso(iteration.createdAt),
});

const specView = ({ spec }: Iteration): SpecView => ({ ...spec, userData: hideUserData(spec.userData) });

export class ServiceSummaryView {
  @TextShown('Name of the service.', { example: 'web' })
  readonly name!: string;

  @ChoiceShown('A deleting one loses its machines.', ['active', 'deleting'], { example: 'active' })
  readonly status!: string;

  @WholeShown('Iteration that it should run.', { example: 3 })
  readonly iteration!: number;

  @WholeShown('Machines that it should have.', { example: 3 })
  readonly replicas!: number;

  @ObjectShown('How a new iteration takes over.', () => RolloutBody)
  readonly rollout!: Service['rollout'];

  @ObjectShown('Which hosts are good for it.', () => PlacementBody)
  readonly placement!: Service['placement'];

  @MapShown('Percent of the requests by iteration; null: every healthy machine gets the same.', 'integer', {
    nullable: true,
    example: { '2': 90, '3': 10 },
  })
  readonly shares!: Service['shares'];

  @TimeShown('When it was first declared.')
  readonly createdAt!: string;

  @TimeShown('When it last changed.')
  readonly updatedAt!: string;
}

export class ServiceView extends ServiceSummaryView {
  @ObjectShown('What its machines are cast from.', () => SpecView)
  readonly spec!: SpecView;
}

const summaryOf = (service: Service) => ({
  name: service.name,
  status: service.status,
  iteration: service.iteration,
  replicas: service.replicas,
  rollout: service.rollout,
  placement: service.placement,
  shares: service.shares,
  createdAt: iso(service.createdAt),
  updatedAt: iso(service.updatedAt),
});

export const serviceSummaryView = (service: Service): ServiceSummaryView => summaryOf(service);

export const serviceView = (service: Service, iteration: Iteration): ServiceView => ({
  ...summaryOf(service),
  spec: specView(iteration),
});
