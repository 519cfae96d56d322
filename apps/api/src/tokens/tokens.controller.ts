import { Body, Controller, Delete, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequireRole } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { ThisCall, type Call } from '../http/call.js';
import { Answers, AnswersNothing, Takes } from '../http/describe.js';
import { STORE } from '../parts.js';
import { CreateToken, TokenAt, TokenView } from './tokens.dto.js';
import { createToken, revokeToken } from './tokens.js';

/** Heeds no Idempotency-Key: an answer that is kept would keep the token in the clear. */
@ApiTags('tokens')
@Controller('v1/tokens')
export class TokensController {
  constructor(@Inject(STORE) private readonly store: Store) {}

  @Post()
  @RequireRole('admin')
  @Takes(CreateToken, { 'For a pipeline': { name: 'ci', role: 'operator' } })
  @Answers(
    TokenView,
    {
      summary: 'Make a token',
      description: 'It is shown once: only its hash is kept. A name is never given twice.',
      may: ['already_exists'],
    },
    { status: 201, says: 'The token, this once.' },
  )
  create(@Body() { name, role }: CreateToken): Promise<TokenView> {
    return createToken(this.store, name, role);
  }

  @Delete(':name')
  @HttpCode(204)
  @RequireRole('admin')
  @AnswersNothing({ summary: 'Revoke a token', may: ['not_found', 'conflict'] })
  remove(@ThisCall() call: Call, @Param() { name }: TokenAt): Promise<void> {
    return revokeToken(this.store, name, call.principal);
  }
}
