import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequireRole } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { ThisCall, type Call } from '../http/call.js';
import { Answers, AnswersNothing, AnswersPage, Once, Starts, Takes } from '../http/describe.js';
import { done, Mutations } from '../http/mutations.js';
import { PageQuery, pageView } from '../http/pages.js';
import { STORE } from '../parts.js';
import { HostAt, RegisterHost } from './hosts.dto.js';
import { cordonHost, drainHost, registerHost, removeHost, uncordonHost } from './hosts.js';
import { HostView, hostView } from './hosts.view.js';

const EXAMPLES = {
  'This machine': { name: 'here', uri: 'qemu+unix:///system' },
  'Over TLS': { name: 'rack1-a', uri: 'qemu+tls://rack1-a.example.org/system' },
  'Over SSH': { name: 'rack1-b', uri: 'qemu+ssh://root@rack1-b.example.org/system' },
};

@ApiTags('hosts')
@Controller('v1/hosts')
export class HostsController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly mutations: Mutations,
  ) {}

  @Post()
  @RequireRole('admin')
  @Takes(RegisterHost, EXAMPLES)
  @Starts({
    summary: 'Register a host',
    description:
      'A worker connects to its libvirtd, looks at it, and boots a probe to learn which accelerator really works.',
    may: ['already_exists'],
  })
  register(@ThisCall() call: Call, @Body() body: RegisterHost) {
    return this.mutations.start(call, (store) => registerHost(store, body, call.principal.name));
  }

  @Get()
  @RequireRole('viewer')
  @AnswersPage(HostView, { summary: 'List hosts, by name' })
  async list(@Query() query: PageQuery) {
    return pageView(await this.store.hosts.list(query), hostView);
  }

  @Get(':name')
  @RequireRole('viewer')
  @Answers(HostView, { summary: 'Look at a host', may: ['not_found'] })
  async find(@Param() { name }: HostAt) {
    return hostView(await this.store.hosts.require(name));
  }

  @Delete(':name')
  @RequireRole('admin')
  @Once()
  @AnswersNothing({
    summary: 'Forget a host',
    description: 'Drain it first: a host with machines on it is refused.',
    may: ['not_found', 'in_use'],
  })
  remove(@ThisCall() call: Call, @Param() { name }: HostAt) {
    return this.mutations.answer(call, async (store) => {
      await removeHost(store, name);
      return done(204, null);
    });
  }

  @Post(':name/cordon')
  @RequireRole('admin')
  @Once()
  @Answers(HostView, {
    summary: 'Give a host no new machines',
    description: 'Those that are on it stay.',
    may: ['not_found', 'conflict'],
  })
  cordon(@ThisCall() call: Call, @Param() { name }: HostAt) {
    return this.mutations.answer(call, async (store) =>
      done(200, hostView(await cordonHost(store, name, call.principal.name))),
    );
  }

  @Post(':name/uncordon')
  @RequireRole('admin')
  @Once()
  @Answers(HostView, {
    summary: 'Put a host back to work',
    description: 'After a cordon or a drain.',
    may: ['not_found', 'conflict'],
  })
  uncordon(@ThisCall() call: Call, @Param() { name }: HostAt) {
    return this.mutations.answer(call, async (store) => done(200, hostView(await uncordonHost(store, name))));
  }

  @Post(':name/drain')
  @RequireRole('admin')
  @Starts({
    summary: 'Move every machine off a host',
    description: 'Live, one after the other; what cannot move is replaced. Then the host stays cordoned.',
    may: ['not_found', 'busy'],
  })
  drain(@ThisCall() call: Call, @Param() { name }: HostAt) {
    return this.mutations.start(call, (store) => drainHost(store, name, call.principal.name));
  }
}
