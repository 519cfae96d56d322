import { Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequireRole } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { ThisCall, type Call } from '../http/call.js';
import { Answers, AnswersPage, Starts } from '../http/describe.js';
import { Mutations } from '../http/mutations.js';
import { pageView } from '../http/pages.js';
import { STORE } from '../parts.js';
import { SnapshotAt, SnapshotQuery } from './snapshots.dto.js';
import { deleteSnapshot, restoreSnapshot } from './snapshots.js';
import { SnapshotView, snapshotView } from './snapshots.view.js';

@ApiTags('snapshots')
@Controller('v1/snapshots')
export class SnapshotsController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly mutations: Mutations,
  ) {}

  @Get()
  @RequireRole('viewer')
  @AnswersPage(SnapshotView, { summary: 'List snapshots, newest first' })
  async list(@Query() query: SnapshotQuery) {
    return pageView(await this.store.snapshots.list(query), snapshotView);
  }

  @Get(':id')
  @RequireRole('viewer')
  @Answers(SnapshotView, { summary: 'Look at a snapshot', may: ['not_found'] })
  async find(@Param() { id }: SnapshotAt) {
    return snapshotView(await this.store.snapshots.require(id));
  }

  @Delete(':id')
  @RequireRole('operator')
  @Starts({
    summary: 'Delete a snapshot',
    description: 'With every file that it made.',
    may: ['not_found', 'conflict', 'busy'],
  })
  remove(@ThisCall() call: Call, @Param() { id }: SnapshotAt) {
    return this.mutations.start(call, (store) => deleteSnapshot(store, id, call.principal.name));
  }

  @Post(':id/restore')
  @RequireRole('operator')
  @Starts({
    summary: 'Restore a snapshot as a new machine',
    description: 'With an identity and address of its own; `resources` names it.',
    may: ['not_found', 'conflict', 'busy'],
  })
  restore(@ThisCall() call: Call, @Param() { id }: SnapshotAt) {
    return this.mutations.start(call, (store) => restoreSnapshot(store, id, call.principal.name));
  }
}
