import { describe, expect, it } from '@jest/globals';
import { IMAGE_STATES, type ImageStatus } from '@diecast/model';
import { requireProvable } from './image-prove.js';

describe('an image to be proven', () => {
  it('is whole and was not revoked; one that is proven already may be looked at again', () => {
    const answerFor = (status: ImageStatus): string => {
      try {
        requireProvable({ digest: `sha256:${'0'.repeat(64)}`, status });
        return 'provable';
      } catch (error) {
        return (error as { readonly code: string }).code;
      }
    };
    const statuses = Object.keys(IMAGE_STATES) as ImageStatus[];
    expect(Object.fromEntries(statuses.map((status) => [status, answerFor(status)]))).toEqual({
      importing: 'conflict',
      candidate: 'provable',
      proven: 'provable',
      deprecated: 'provable',
      revoked: 'image_revoked',
      deleting: 'conflict',
    });
  });
});
