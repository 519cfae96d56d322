import { Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequireRole, waitForOperation } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { ThisCall, type Call } from '../http/call.js';
import { Departure } from '../http/departure.js';
import { Answers, AnswersPage, Once, Waits } from '../http/describe.js';
import { done, Mutations } from '../http/mutations.js';
import { pageView } from '../http/pages.js';
import { STORE } from '../parts.js';
import { OperationAt, OperationQuery } from './operations.dto.js';
import { OperationView, operationView } from './operations.view.js';

@ApiTags('operations')
@Controller('v1/operations')
export class OperationsController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly mutations: Mutations,
    private readonly departure: Departure,
  ) {}

  @Get()
  @RequireRole('viewer')
  @AnswersPage(OperationView, { summary: 'List operations, newest first' })
  async list(@Query() query: OperationQuery) {
    return pageView(await this.store.operations.list(query), operationView);
  }

  @Get(':id')
  @RequireRole('viewer')
  @Waits()
  @Answers(OperationView, { summary: 'Look at an operation', may: ['not_found'] })
  async find(@ThisCall() call: Call, @Param() { id }: OperationAt) {
    const signal = this.departure.or(call.gone);
    return operationView(await waitForOperation(this.store, id, call.waitSeconds, signal));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @RequireRole('operator')
  @Once()
  @Answers(OperationView, {
    summary: 'Cancel an operation',
    description: 'What it did is undone. Past the point from which there is only forward it is refused.',
    may: ['not_found', 'conflict'],
  })
  cancel(@ThisCall() call: Call, @Param() { id }: OperationAt) {
    return this.change(call, (store) => store.operations.requestCancel(id));
  }

  @Post(':id/retry')
  @HttpCode(200)
  @RequireRole('operator')
  @Once()
  @Answers(OperationView, {
    summary: 'Retry a stuck operation',
    description: 'From the step that it stands at, once what its error names is put right.',
    may: ['not_found', 'conflict'],
  })
  retry(@ThisCall() call: Call, @Param() { id }: OperationAt) {
    return this.change(call, (store) => store.operations.retry(id));
  }

  @Post(':id/abandon')
  @HttpCode(200)
  @RequireRole('operator')
  @Once()
  @Answers(OperationView, {
    summary: 'Give a stuck operation up',
    description: 'It fails, and what it left stays as it is.',
    may: ['not_found', 'conflict'],
  })
  abandon(@ThisCall() call: Call, @Param() { id }: OperationAt) {
    return this.change(call, (store) => store.operations.abandon(id));
  }

  private change(call: Call, work: (store: Store) => ReturnType<Store['operations']['require']>) {
    return this.mutations.answer(call, async (store) => done(200, operationView(await work(store))));
  }
}
