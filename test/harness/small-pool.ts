import { POOL } from '@diecast/hypervisor';
import { findHostProcess } from '../../apps/lab/src/host.js';
import type { LabState } from '../../apps/lab/src/lab.js';
import { layOut, layOutHost } from '../../apps/lab/src/layout.js';
import { run, tryRun } from '../../apps/lab/src/run.js';
import { until } from './until.js';

/** While `work` runs, the pool of the lab's first host is an empty one of this size (as in `12m`). */
export async function withSmallPool(
  { dir }: LabState,
  size: string,
  work: () => Promise<void>,
): Promise<void> {
  const host = layOutHost(layOut(dir), 0);
  const inHost = ['-t', String(await findHostProcess(host)), '-m'];
  await run('nsenter', [
    ...inHost,
    'mount',
    '-t',
    'tmpfs',
    '-o',
    `size=${size},mode=0711`,
    'tmpfs',
    POOL.path,
  ]);
  try {
    await work();
  } finally {
    // The daemon may still have a file of the failed work open.
    await until(
      async () => ((await tryRun('nsenter', [...inHost, 'umount', POOL.path])).code === 0 ? true : undefined),
      { everyMs: 100 },
    );
  }
}
