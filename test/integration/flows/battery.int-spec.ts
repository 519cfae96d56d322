import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { FLOWS, imageImport } from '@diecast/flows';
import { flowBattery } from '../../harness/flow-battery.js';
import { makeImage } from '../../harness/image-folder.js';
import { openServices, type TestServices } from '../../harness/services.js';

/** Flows that touch no host. Those that do are in test/e2e/battery.e2e-spec.ts. */
let services: TestServices;
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'diecast-battery-'));
  services = await openServices(FLOWS);
}, 60_000);
afterAll(async () => {
  await services?.close();
  await rm(root, { recursive: true, force: true });
});

let images = 0;
flowBattery(imageImport, () => services, {
  async prepare() {
    images += 1;
    const { folder } = await makeImage(join(root, String(images)), { name: `i${images}` });
    return { source: { type: 'path', path: folder } };
  },
});
