import { AnyShown, FlagShown, ObjectShown, TextShown, UuidShown, WholeShown } from '../http/shown.js';
import type { Endpoint, PrometheusTarget } from './endpoints.js';

export class EndpointView implements Endpoint {
  @UuidShown('The machine.')
  readonly instanceId!: string;

  @WholeShown('Its iteration.', { example: 3 })
  readonly iteration!: number;

  @TextShown('The host that it is on.', { nullable: true, example: 'host-a' })
  readonly host!: string | null;

  @TextShown('Its IPv4 address.', { example: '192.0.2.10' })
  readonly address!: string;

  @WholeShown('TCP port that it serves.', { example: 80 })
  readonly port!: number;

  @FlagShown('Whether it passes its health check.', { example: true })
  readonly healthy!: boolean;

  @FlagShown('Whether the balancer sends it requests.', { example: true })
  readonly inTraffic!: boolean;

  @WholeShown(
    'Its part of the requests beside the others, 1 to 256. 0: it is to get none, as it is not healthy, leaves, waits, or its iteration has no share.',
    { example: 100 },
  )
  readonly weight!: number;
}

export class EndpointsView {
  @ObjectShown('Every machine that has an address.', () => EndpointView, { isArray: true })
  readonly items!: readonly EndpointView[];
}

export class PrometheusTargetView implements PrometheusTarget {
  @TextShown('Address and port of one machine.', { isArray: true, example: ['192.0.2.10:80'] })
  readonly targets!: readonly string[];

  @AnyShown('`service`, `iteration`, `instance` (the id of the machine) and `host`.', {
    example: {
      service: 'web',
      iteration: '3',
      instance: '0197c3f0-5a1e-7cc2-9d6b-3a1f0e6f2b11',
      host: 'host-a',
    },
  })
  readonly labels!: PrometheusTarget['labels'];
}
