import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { macOf } from '@diecast/model';
import { healthController } from '@diecast/controllers';
import { insertProvenImage, sampleSettings, sampleSpec } from '../../harness/samples.js';
import { openServices, silent, type TestServices } from '../../harness/services.js';
import { startWebMachine, type WebMachine } from '../../harness/web-machine.js';

const PORT = 18_080;

describe('the health controller', () => {
  let services: TestServices;
  let store: TestServices['store'];
  let working: { stop(): Promise<void> };
  const machines: WebMachine[] = [];

  beforeAll(async () => {
    services = await openServices([]);
    ({ store } = services);
    const spec = sampleSpec(await insertProvenImage(store, 'checked'));
    const health = { ...spec.health, kind: 'http', port: PORT, path: '/healthz', status: 200 } as const;
    await store.hosts.insert({ name: 'h1', uri: 'qemu+tls://h1/system', migrationUri: null });
    await store.services.declare('web', { ...spec, health }, sampleSettings(2), 'test');
    working = services.work([healthController({ ...services, log: silent })]);
  }, 60_000);
  afterAll(async () => {
    await working.stop();
    for (const machine of machines) await machine.end();
    await services.close();
  });

  async function available(address: string): Promise<string> {
    const id = randomUUID();
    const place = { id, service: 'web', iteration: 1, host: 'h1', mac: macOf(id), memoryMiB: 128 };
    await store.instances.reserve({ ...place, range: null });
    await store.instances.update(id, { address });
    for (const status of ['assembling', 'validating', 'available'] as const)
      await store.instances.setStatus(id, status, null);
    return id;
  }
  const serve = async (address: string): Promise<WebMachine> => {
    const machine = await startWebMachine(address, PORT);
    machines.push(machine);
    return machine;
  };
  async function becomes(id: string, healthy: boolean): Promise<void> {
    for (;;) {
      const seen = await store.events.latestId();
      if ((await store.instances.require(id)).healthy === healthy) return;
      await store.events.wait(1000, undefined, seen);
    }
  }

  it('finds who answers healthy, who dies sick, and who comes back well again, each by itself', async () => {
    const [one, two] = ['127.0.4.1', '127.0.4.2'] as const;
    const first = await serve(one);
    await serve(two);
    const [a, b] = [await available(one), await available(two)];
    await Promise.all([becomes(a, true), becomes(b, true)]);
    const before = await store.events.latestId();
    await first.end();
    machines.splice(machines.indexOf(first), 1);
    await becomes(a, false);
    await serve(one);
    await becomes(a, true);
    const told = (await store.events.after(before, { limit: 100 })).filter(
      ({ type }) => type === 'instance.changed',
    );
    // Only changes are told, and the other machine had none.
    expect(told.map(({ resource, data }) => [resource.id, (data as { healthy: boolean }).healthy])).toEqual([
      [a, false],
      [a, true],
    ]);
  }, 60_000);
});
