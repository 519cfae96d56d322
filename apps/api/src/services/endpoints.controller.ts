import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { RequireRole } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { ThisCall, type Call } from '../http/call.js';
import { Departure } from '../http/departure.js';
import { Answers, AnswersText } from '../http/describe.js';
import { HEARTBEAT_MS, streamEvents } from '../http/event-stream.js';
import { STORE } from '../parts.js';
import { endpointEvents, endpointsOf, prometheusTargets } from './endpoints.js';
import { EndpointsView, PrometheusTargetView } from './endpoints.view.js';
import { ServiceAt } from './services.dto.js';

/** For whoever has a balancer of his own. */
@ApiTags('services')
@Controller('v1/services/:name/endpoints')
export class EndpointsController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly departure: Departure,
  ) {}

  @Get()
  @RequireRole('viewer')
  @Answers(EndpointsView, {
    summary: 'Where the machines of a service answer',
    description: 'With the part of the requests that a balancer of your own should give each.',
    may: ['not_found'],
  })
  async list(@Param() { name }: ServiceAt): Promise<EndpointsView> {
    return { items: await endpointsOf(this.store, name) };
  }

  @Get('prometheus')
  @RequireRole('viewer')
  @Answers(
    PrometheusTargetView,
    {
      summary: 'Tell Prometheus what to scrape',
      description:
        'Targets for `http_sd_configs` ([HTTP SD](https://prometheus.io/docs/prometheus/latest/http_sd/)): every machine that runs, also while it is staged or leaves.',
      may: ['not_found'],
    },
    { says: 'A group of targets for each machine.', isArray: true },
  )
  prometheus(@Param() { name }: ServiceAt) {
    return prometheusTargets(this.store, name);
  }

  @Get('events')
  @RequireRole('viewer')
  @AnswersText(
    'text/event-stream',
    {
      summary: 'Watch where the machines of a service answer (server-sent events)',
      description:
        'The whole list at once and after each change of it, so that nothing is missed by who comes back; the stream ends when the service is deleted.',
      may: ['not_found'],
    },
    'Each event is an Event of type `service.endpoints` as JSON, whose `data` is what `GET …/endpoints` answers.',
  )
  async watch(
    @ThisCall() call: Call,
    @Param() { name }: ServiceAt,
    @Res() response: Response,
  ): Promise<void> {
    const signal = this.departure.or(call.gone);
    await streamEvents(response, endpointEvents(this.store, name, { idleMs: HEARTBEAT_MS, signal }), signal);
  }
}
