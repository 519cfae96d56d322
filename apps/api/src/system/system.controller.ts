import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public, requireReady, RequireRole, type Dependency, type Metrics } from '@diecast/platform';
import { Answers, AnswersText } from '../http/describe.js';
import { ChoiceShown } from '../http/shown.js';
import { DEPENDENCIES, METRICS } from '../parts.js';

export class HealthView {
  @ChoiceShown('It is.', ['ok'], { example: 'ok' })
  readonly status!: 'ok';
}

@ApiTags('system')
@Controller()
export class SystemController {
  constructor(
    @Inject(DEPENDENCIES) private readonly dependencies: readonly Dependency[],
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Public()
  @Answers(HealthView, { summary: 'Whether the program runs' }, { says: 'It runs.' })
  live(): HealthView {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Public()
  @Answers(
    HealthView,
    { summary: 'Whether the program can serve', may: ['unavailable'] },
    { says: 'It can: all that it depends on answers.' },
  )
  async ready(): Promise<HealthView> {
    await requireReady(this.dependencies);
    return { status: 'ok' };
  }

  /** Names of kinds and routes are in it, and numbers that tell what the installation is worth: not for everybody. */
  @Get('metrics')
  @RequireRole('viewer')
  @AnswersText(
    'text/plain',
    { summary: 'Metrics for Prometheus', description: 'Scrape it with a token of the role viewer.' },
    "Prometheus' exposition format.",
  )
  async scrape(@Res() response: Response): Promise<void> {
    const text = await this.metrics.render();
    response.status(200).set('Content-Type', this.metrics.contentType).send(text);
  }
}
