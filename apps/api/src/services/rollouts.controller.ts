import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Rollout } from '@diecast/model';
import { RequireRole } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { ThisCall, type Call } from '../http/call.js';
import { Answers, Once, Starts } from '../http/describe.js';
import { accepted, done, Mutations } from '../http/mutations.js';
import { RolloutView, rolloutView } from './rollouts.view.js';
import { ServiceAt } from './services.dto.js';
import { abortRollout, pauseRollout, promoteRollout, resumeRollout } from './steering.js';

/** The rollout of a service that runs: there is one at a time. */
@ApiTags('services')
@Controller('v1/services/:name/rollout')
export class RolloutsController {
  constructor(private readonly mutations: Mutations) {}

  @Post('pause')
  @HttpCode(200)
  @RequireRole('operator')
  @Once()
  @Answers(RolloutView, {
    summary: 'Pause the running rollout',
    description: 'Nothing is cast, replaced or switched until it is resumed; no deadline runs meanwhile.',
    may: ['not_found', 'conflict'],
  })
  pause(@ThisCall() call: Call, @Param() { name }: ServiceAt) {
    return this.steer(call, (store) => pauseRollout(store, name));
  }

  @Post('resume')
  @HttpCode(200)
  @RequireRole('operator')
  @Once()
  @Answers(RolloutView, {
    summary: 'Let a paused rollout go on',
    may: ['not_found', 'conflict'],
  })
  resume(@ThisCall() call: Call, @Param() { name }: ServiceAt) {
    return this.steer(call, (store) => resumeRollout(store, name));
  }

  @Post('promote')
  @HttpCode(200)
  @RequireRole('operator')
  @Once()
  @Answers(RolloutView, {
    summary: 'Take the running rollout a step further',
    description:
      'Of a canary: to its next step, without waiting any longer. Of a blue-green one: all requests go to the new set. Refused while it waits for nobody.',
    may: ['not_found', 'conflict'],
  })
  promote(@ThisCall() call: Call, @Param() { name }: ServiceAt) {
    return this.steer(call, (store) => promoteRollout(store, name));
  }

  @Post('abort')
  @RequireRole('operator')
  @Starts(
    {
      summary: 'Abort the running rollout',
      description:
        'It ends as rolled back, and the operation of another one takes the service back to the last known-good iteration.',
      may: ['not_found', 'conflict'],
    },
    {
      view: RolloutView,
      says: 'The rollout, failed: no iteration was ever known to be good, and what serves stays.',
    },
  )
  abort(@ThisCall() call: Call, @Param() { name }: ServiceAt) {
    return this.mutations.answer(call, async (store) => {
      const { rollout, operation } = await abortRollout(store, name, call.principal.name);
      return operation === null ? done(200, rolloutView(rollout)) : accepted(operation);
    });
  }

  private steer(call: Call, change: (store: Store) => Promise<Rollout>) {
    return this.mutations.answer(call, async (store) => done(200, rolloutView(await change(store))));
  }
}
