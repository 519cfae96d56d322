import { Controller, Inject, Param, Put, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { AppError, type Digest } from '@diecast/model';
import { RequireRole, type BlobFolder, type Config } from '@diecast/platform';
import { ThisCall, type Call } from '../http/call.js';
import { Answers } from '../http/describe.js';
import { BLOBS, CONFIG } from '../parts.js';
import { BlobAt } from './images.dto.js';
import { receiveBlob } from './images.js';
import { BlobView } from './manifest.view.js';

const OCTETS = 'application/octet-stream';

@ApiTags('images')
@Controller('v1/blobs')
export class BlobsController {
  constructor(
    @Inject(BLOBS) private readonly blobs: BlobFolder,
    @Inject(CONFIG) private readonly config: Pick<Config, 'imageMaxBytes'>,
  ) {}

  @Put(':digest')
  @RequireRole('operator')
  @ApiConsumes(OCTETS)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 201, description: 'It was taken.', type: BlobView })
  @Answers(
    BlobView,
    {
      summary: 'Upload a blob of an image',
      description:
        'The bytes as they are, under their own sha256. Then import the image with a source of the type `upload`.',
      may: ['digest_mismatch', 'truncated', 'too_large', 'no_space'],
    },
    { says: 'It is here already.' },
  )
  async receive(
    @ThisCall() call: Call,
    @Param() { digest }: BlobAt,
    @Req() request: Request,
  ): Promise<BlobView> {
    if (!request.is(OCTETS)) {
      const type = request.headers['content-type'] ?? 'no type at all';
      throw new AppError('malformed', `The blob was sent as ${type}; send it with Content-Type: ${OCTETS}.`);
    }
    const isNew = await receiveBlob(this.blobs, digest, request, this.config.imageMaxBytes);
    call.response.status(isNew ? 201 : 200);
    return { digest, size: await this.sizeOf(digest) };
  }

  private async sizeOf(digest: Digest): Promise<number> {
    const size = await this.blobs.sizeOf(digest);
    if (size === undefined) throw new AppError('conflict', `Blob ${digest} was removed while it arrived.`);
    return size;
  }
}
