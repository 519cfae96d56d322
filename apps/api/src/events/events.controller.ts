import { applyDecorators, Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { followEvents, RequireRole } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { ThisCall, type Call } from '../http/call.js';
import { Departure } from '../http/departure.js';
import { AnswersText } from '../http/describe.js';
import { HEARTBEAT_MS, parseLastEventId, streamEvents } from '../http/event-stream.js';
import { OperationAt } from '../operations/operations.dto.js';
import { STORE } from '../parts.js';
import { nothingComes, operationEvents } from './operation-events.js';

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
      may: ['gone'],
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
    if (await nothingComes(this.store, id, after)) {
      // By this a browser knows that it need not come back.
      response.status(204).end();
      return;
    }
    const batches = operationEvents(this.store, id, { after, idleMs: HEARTBEAT_MS, signal });
    await streamEvents(response, batches, signal);
  }
}
