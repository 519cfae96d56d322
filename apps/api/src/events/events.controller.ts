import { applyDecorators, Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { isOperationOver, OPERATION_STATES, type Event, type OperationStatus } from '@diecast/model';
import { followEvents, RequireRole } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { ThisCall, type Call } from '../http/call.js';
import { Departure } from '../http/departure.js';
import { AnswersText } from '../http/describe.js';
import { HEARTBEAT_MS, parseLastEventId, streamEvents } from '../http/event-stream.js';
import { OperationAt } from '../operations/operations.dto.js';
import { STORE } from '../parts.js';

const Resumes = () =>
  applyDecorators(
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'Id of the last event that you have: the stream goes on after it, without a gap.',
      schema: { type: 'string', pattern: '^\\d{1,19}$' },
    }),
  );

const SAYS =
  'Each event has `id`, `event` (its type) and `data`: an Event as JSON. A comment now and then shows that the stream lives.';

@Controller('v1')
export class EventsController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly departure: Departure,
  ) {}

  @Get('events')
  @ApiTags('events')
  @RequireRole('viewer')
  @Resumes()
  @AnswersText(
    'text/event-stream',
    {
      summary: 'Watch everything (server-sent events)',
      description: 'From now on, or after `Last-Event-ID`. "Try it out" cannot show a stream without an end.',
    },
    SAYS,
  )
  async watch(@ThisCall() call: Call, @Res() response: Response): Promise<void> {
    const signal = this.departure.or(call.gone);
    const after = parseLastEventId(call.lastEventId) ?? (await this.store.events.latestId());
    const batches = followEvents(this.store, { after, idleMs: HEARTBEAT_MS, signal });
    await streamEvents(response, batches, signal);
  }

  @Get('operations/:id/events')
  @ApiTags('operations')
  @RequireRole('viewer')
  @Resumes()
  @ApiResponse({ status: 204, description: 'It is over, and nothing comes after `Last-Event-ID`.' })
  @AnswersText(
    'text/event-stream',
    {
      summary: 'Watch an operation (server-sent events)',
      description: 'From its beginning, or after `Last-Event-ID`; the stream ends with the operation.',
      may: ['not_found'],
    },
    SAYS,
  )
  async watchOperation(
    @ThisCall() call: Call,
    @Param() { id }: OperationAt,
    @Res() response: Response,
  ): Promise<void> {
    const signal = this.departure.or(call.gone);
    const after = parseLastEventId(call.lastEventId) ?? '0';
    const { status } = await this.store.operations.require(id);
    if (
      isOperationOver(status) &&
      (await this.store.events.after(after, { operationId: id, limit: 1 })).length === 0
    ) {
      // By this a browser knows that it need not come back.
      response.status(204).end();
      return;
    }
    const batches = followEvents(this.store, { after, operationId: id, idleMs: HEARTBEAT_MS, signal });
    await streamEvents(response, batches, signal, tellsTheEnd);
  }
}

const isStatus = (word: unknown): word is OperationStatus =>
  typeof word === 'string' && Object.hasOwn(OPERATION_STATES, word);

function tellsTheEnd({ data }: Event): boolean {
  const status = data !== null && typeof data === 'object' && 'status' in data ? data.status : undefined;
  return isStatus(status) && isOperationOver(status);
}
