import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequireRole } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { ThisCall, type Call } from '../http/call.js';
import { Answers, AnswersPage, Starts, Takes } from '../http/describe.js';
import { Mutations } from '../http/mutations.js';
import { pageView } from '../http/pages.js';
import { STORE } from '../parts.js';
import {
  InstanceAt,
  InstanceQuery,
  MigrateInstance,
  ReplaceInstance,
  SnapshotInstance,
} from './instances.dto.js';
import { migrateInstance, replaceInstance, snapshotInstance } from './instances.js';
import { InstanceView, instanceView } from './instances.view.js';

const REPLACE_EXAMPLES = { 'Wherever there is room': {} };
const MIGRATE_EXAMPLES = {
  'To the best other host': {},
  'With limits': { bandwidthMiBps: 100, downtimeMs: 300 },
};
const SNAPSHOT_EXAMPLES = {
  'Disk and memory': { name: 'before-lunch', withMemory: true },
  'Disk, file systems frozen': { name: 'nightly', withMemory: false, quiesce: true },
};

@ApiTags('instances')
@Controller('v1/instances')
export class InstancesController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly mutations: Mutations,
  ) {}

  @Get()
  @RequireRole('viewer')
  @AnswersPage(InstanceView, {
    summary: 'List machines, newest first',
    description: 'Those that were discontinued or failed stay as history.',
  })
  async list(@Query() query: InstanceQuery) {
    return pageView(await this.store.instances.list(query), instanceView);
  }

  @Get(':id')
  @RequireRole('viewer')
  @Answers(InstanceView, { summary: 'Look at a machine', may: ['not_found'] })
  async find(@Param() { id }: InstanceAt) {
    return instanceView(await this.store.instances.require(id));
  }

  @Post(':id/replace')
  @RequireRole('operator')
  @Takes(ReplaceInstance, REPLACE_EXAMPLES, false)
  @Starts({
    summary: 'Replace a machine',
    description: 'A new one of the same iteration takes its place; then it is discontinued.',
    may: ['not_found', 'conflict', 'busy'],
  })
  replace(@ThisCall() call: Call, @Param() { id }: InstanceAt, @Body() body?: ReplaceInstance) {
    return this.mutations.start(call, (store) => replaceInstance(store, id, body ?? {}, call.principal.name));
  }

  @Post(':id/migrate')
  @RequireRole('operator')
  @Takes(MigrateInstance, MIGRATE_EXAMPLES, false)
  @Starts({
    summary: 'Move a running machine to another host',
    description: 'Live, with its disk. It ends moved, or still safely where it was.',
    may: ['not_found', 'conflict', 'busy'],
  })
  migrate(@ThisCall() call: Call, @Param() { id }: InstanceAt, @Body() body?: MigrateInstance) {
    return this.mutations.start(call, (store) => migrateInstance(store, id, body ?? {}, call.principal.name));
  }

  @Post(':id/snapshots')
  @RequireRole('operator')
  @Takes(SnapshotInstance, SNAPSHOT_EXAMPLES)
  @Starts({
    summary: 'Take a snapshot of a running machine',
    description: 'Disk and memory at one moment. The result says how long the machine stood still.',
    may: ['not_found', 'conflict', 'busy'],
  })
  snapshot(@ThisCall() call: Call, @Param() { id }: InstanceAt, @Body() body: SnapshotInstance) {
    return this.mutations.start(call, (store) => snapshotInstance(store, id, body, call.principal.name));
  }
}
