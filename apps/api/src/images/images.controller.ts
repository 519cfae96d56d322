import { Body, Controller, Delete, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequireRole } from '@diecast/platform';
import type { Store } from '@diecast/store';
import { ThisCall, type Call } from '../http/call.js';
import { Answers, AnswersPage, Once, Starts, Takes } from '../http/describe.js';
import { done, Mutations } from '../http/mutations.js';
import { pageView } from '../http/pages.js';
import { STORE } from '../parts.js';
import { ImageAt, ImageQuery, ImportImage, ProveImage, RevokeImage } from './images.dto.js';
import { IMPORT_EXAMPLES, PROVE_EXAMPLES, REVOKE_EXAMPLES } from './images.examples.js';
import { deleteImage, importImage, proveImage, revokeImage } from './images.js';
import { ImageView, imageView } from './images.view.js';

@ApiTags('images')
@Controller('v1/images')
export class ImagesController {
  constructor(
    @Inject(STORE) private readonly store: Store,
    private readonly mutations: Mutations,
  ) {}

  @Post()
  @RequireRole('operator')
  @Takes(ImportImage, IMPORT_EXAMPLES)
  @Starts({
    summary: 'Import an image',
    description:
      'Every byte is held against its digest, and the signature against the configured keys. The image becomes a candidate: prove it before a service may use it.',
  })
  import(@ThisCall() call: Call, @Body() body: ImportImage) {
    return this.mutations.start(call, (store) => importImage(store, body, call.principal.name));
  }

  @Get()
  @RequireRole('viewer')
  @AnswersPage(ImageView, { summary: 'List images, newest first' })
  async list(@Query() query: ImageQuery) {
    return pageView(await this.store.images.list(query), imageView);
  }

  @Get(':reference')
  @RequireRole('viewer')
  @Answers(ImageView, { summary: 'Look at an image', may: ['not_found'] })
  async find(@Param() { reference }: ImageAt) {
    return imageView(await this.store.images.resolve(reference));
  }

  @Post(':reference/prove')
  @RequireRole('operator')
  @Takes(ProveImage, PROVE_EXAMPLES)
  @Starts({
    summary: 'Prove an image',
    description: 'Boots it once, waits for its health check, and keeps what was seen as evidence.',
    may: ['not_found', 'conflict', 'image_revoked', 'busy'],
  })
  prove(@ThisCall() call: Call, @Param() { reference }: ImageAt, @Body() body: ProveImage) {
    return this.mutations.start(call, (store) => proveImage(store, reference, body, call.principal.name));
  }

  @Post(':reference/revoke')
  @RequireRole('operator')
  @Once()
  @Takes(RevokeImage, REVOKE_EXAMPLES)
  @Answers(ImageView, {
    summary: 'Revoke an image, for ever',
    description:
      'No iteration is cut from it any more. Machines that run from it go on: declare their services with another image.',
    may: ['not_found', 'conflict'],
  })
  revoke(@ThisCall() call: Call, @Param() { reference }: ImageAt, @Body() { reason }: RevokeImage) {
    return this.mutations.answer(call, async (store) =>
      done(200, imageView(await revokeImage(store, reference, reason))),
    );
  }

  @Delete(':reference')
  @RequireRole('operator')
  @Starts({
    summary: 'Delete an image',
    description: 'From the hosts as well. One that a service or a machine uses is refused.',
    may: ['not_found', 'in_use', 'busy'],
  })
  remove(@ThisCall() call: Call, @Param() { reference }: ImageAt) {
    return this.mutations.start(call, (store) => deleteImage(store, reference, call.principal.name));
  }
}
