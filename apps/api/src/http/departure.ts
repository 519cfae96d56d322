import type { OnModuleDestroy } from '@nestjs/common';

/** Tells whoever waits inside of a request that the program leaves, before it stops listening. */
export class Departure implements OnModuleDestroy {
  private readonly controller = new AbortController();

  /** Aborts when the client has gone or the program leaves. */
  or(gone: AbortSignal): AbortSignal {
    return AbortSignal.any([gone, this.controller.signal]);
  }

  onModuleDestroy(): void {
    this.controller.abort();
  }
}
