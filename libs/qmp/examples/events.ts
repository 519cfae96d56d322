import type { QmpClient } from '@diecast/qmp';

/** Does something, and measures by QEMU's own clock how long the guest stood still meanwhile. */
export async function pauseDuring(qemu: QmpClient, work: () => Promise<unknown>): Promise<number> {
  const events = await qemu.events({ only: ['STOP', 'RESUME'] }); // Nothing after this line is missed.
  await work();
  let stoppedAtMs = 0;
  for await (const event of events) {
    if (event.name === 'STOP') stoppedAtMs = event.atMs;
    else return event.atMs - stoppedAtMs; // Leaving the loop ends the subscription.
  }
  throw new Error('the client was closed');
}
