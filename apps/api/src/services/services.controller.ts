import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { DIGEST_PATTERN } from '@diecast/model';
import { RequireRole, type Config } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { checked } from '../http/checked.js';
import { ThisCall, type Call } from '../http/call.js';
import { Answers, AnswersPage, Starts, Takes } from '../http/describe.js';
import { accepted, done, Mutations } from '../http/mutations.js';
import { PageQuery, pageView } from '../http/pages.js';
import { CONFIG, STORE } from '../parts.js';
import { DeclareService, PlanHeld, RollBackService, RolloutAt, ServiceAt } from './services.dto.js';
import { DECLARE_EXAMPLES, ROLL_BACK_EXAMPLES } from './services.examples.js';
import {
  declareService,
  deleteService,
  planService,
  requireService,
  rollBackService,
  type Site,
} from './services.js';
import { PlanView } from './plan.view.js';
import { readReceipt } from './receipts.js';
import { WholeRolloutView, wholeRolloutView } from './receipts.view.js';
import { RolloutView, rolloutView } from './rollouts.view.js';
import {
  IterationView,
  iterationView,
  ServiceSummaryView,
  serviceSummaryView,
  ServiceView,
  serviceView,
} from './services.view.js';

@ApiTags('services')
@Controller('v1/services')
export class ServicesController {
  private readonly site: Site;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) config: Pick<Config, 'haproxySocket'>,
    private readonly mutations: Mutations,
  ) {
    this.site = { balancer: config.haproxySocket !== null };
  }

  @Get()
  @RequireRole('viewer')
  @AnswersPage(ServiceSummaryView, { summary: 'List services, by name' })
  async list(@Query() query: PageQuery) {
    return pageView(await this.store.services.list(query), serviceSummaryView);
  }

  @Get(':name')
  @RequireRole('viewer')
  @Answers(ServiceView, { summary: 'Look at a service', may: ['not_found'] })
  async find(@Param() { name }: ServiceAt) {
    const service = await requireService(this.store, name);
    return serviceView(service, await this.store.services.iteration(name, service.iteration));
  }

  @Put(':name')
  @RequireRole('operator')
  @Takes(DeclareService, DECLARE_EXAMPLES)
  @Starts(
    {
      summary: 'Declare a service',
      description:
        'The whole of it: what is left out has its default. Another spec than before cuts a new iteration and starts a rollout to it; other `replicas` alone cast or discontinue machines; the same again changes nothing. With `plan` it is refused unless it would do just what that plan says.',
      may: ['not_found', 'conflict', 'plan_outdated', 'image_unproven', 'image_revoked', 'unsupported'],
    },
    { view: ServiceView, says: 'The service, as nothing had to be done.' },
  )
  @ApiQuery({
    name: 'plan',
    required: false,
    description: 'Hash of the plan that must still hold.',
    schema: { type: 'string', pattern: DIGEST_PATTERN.source },
  })
  declare(
    @ThisCall() call: Call,
    @Param() { name }: ServiceAt,
    @Body() body: DeclareService,
    @Query('plan') hash?: string,
  ) {
    return this.mutations.answer(call, async (store) => {
      const { plan } = checked(PlanHeld, { plan: hash });
      const declared = await declareService(store, this.site, name, body, call.principal.name, plan);
      return declared.operation === null
        ? done(200, serviceView(declared.service, declared.iteration))
        : accepted(declared.operation);
    });
  }

  @Delete(':name')
  @RequireRole('operator')
  @Starts({
    summary: 'Delete a service',
    description: 'Its machines are discontinued, then it is gone. Its iterations stay as history.',
    may: ['not_found', 'busy'],
  })
  remove(@ThisCall() call: Call, @Param() { name }: ServiceAt) {
    return this.mutations.start(call, (store) => deleteService(store, name, call.principal.name));
  }

  @Post(':name/plan')
  @HttpCode(200)
  @RequireRole('viewer')
  @Takes(DeclareService, DECLARE_EXAMPLES)
  @Answers(
    PlanView,
    {
      summary: 'See what a declaration would do',
      description:
        'Nothing is changed. What blocks it is said and refuses nothing: it may be gone when it is declared.',
      may: ['not_found', 'unsupported'],
    },
    { says: 'Field by field, what would change, and what that does to machines and hosts.' },
  )
  plan(@Param() { name }: ServiceAt, @Body() body: DeclareService) {
    return planService(this.store, this.site, name, body);
  }

  @Post(':name/rollback')
  @RequireRole('operator')
  @Takes(RollBackService, ROLL_BACK_EXAMPLES, false)
  @Starts({
    summary: 'Go back to an earlier iteration',
    description: 'By default to the last one that was known to be good.',
    may: ['not_found', 'conflict'],
  })
  rollBack(@ThisCall() call: Call, @Param() { name }: ServiceAt, @Body() body?: RollBackService) {
    return this.mutations.start(call, (store) =>
      rollBackService(store, name, body?.iteration ?? null, call.principal.name),
    );
  }

  @Get(':name/iterations')
  @RequireRole('viewer')
  @AnswersPage(IterationView, {
    summary: 'List the iterations of a service, newest first',
    may: ['not_found'],
  })
  async iterations(@Param() { name }: ServiceAt, @Query() query: PageQuery) {
    await requireService(this.store, name);
    return pageView(await this.store.services.iterations(name, query), iterationView);
  }

  @Get(':name/rollouts/:number')
  @RequireRole('viewer')
  @Answers(WholeRolloutView, {
    summary: 'Look at a rollout, with what it has come to',
    description: 'Times and requests of each machine, the images, and its story for people.',
    may: ['not_found'],
  })
  async rollout(@Param() { name, number }: RolloutAt) {
    return wholeRolloutView(await readReceipt(this.store, name, number));
  }

  @Get(':name/rollouts')
  @RequireRole('viewer')
  @AnswersPage(RolloutView, {
    summary: 'List the rollouts of a service, newest first',
    description: 'Each with every decision and its reason.',
    may: ['not_found'],
  })
  async rollouts(@Param() { name }: ServiceAt, @Query() query: PageQuery) {
    await requireService(this.store, name);
    return pageView(await this.store.rollouts.list(name, query), rolloutView);
  }
}
