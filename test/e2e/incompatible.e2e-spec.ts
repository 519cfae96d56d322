import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FLOWS } from '@diecast/flows';
import { startLab } from '../harness/lab.js';
import { sampleSettings } from '../harness/samples.js';
import { openServices, type TestServices } from '../harness/services.js';
import {
  ask,
  declareTiny,
  leftOn,
  recordedOn,
  registerHosts,
  requireSucceeded,
} from '../harness/tiny-service.js';

describe('a machine that uses all of its host’s CPU', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let services: TestServices;
  const id = randomUUID();

  beforeAll(async () => {
    lab = await startLab('incompatible', 2, { b: ['avx2'] });
    services = await openServices(FLOWS);
    const { store, run } = services;
    await registerHosts(services, lab);
    await declareTiny(services, lab, 'web');
    const { spec } = await store.services.iteration('web', 1);
    const machine = { ...spec.machine, cpu: 'host-model' };
    await store.services.declare('greedy', { ...spec, machine }, sampleSettings(1), 'test');
    const input = { instanceId: id, service: 'greedy', iteration: 1, host: 'a' };
    requireSucceeded(await run('instance.create', input));
  }, 300_000);

  afterAll(async () => {
    await services?.close();
    await lab?.close();
  }, 60_000);

  it.each(['b', null])(
    'stays where it is when libvirt says that the CPU of the other host lacks something (to %s)',
    async (host) => {
      const { store, run } = services;
      const refused = await run('instance.migrate', { instanceId: id, host });
      expect(refused).toMatchObject({ status: 'failed', error: { code: 'incompatible' } });
      const { message } = refused.error ?? {};
      expect(message).toMatch(/the CPU of host b lacks what the machine uses on a \(.*\bavx2\b.*\)/);
      expect(message).toContain('a service that declares its CPU as "portable"');
      const { host: on, address, status } = await store.instances.require(id);
      expect({ on, status }).toEqual({ on: 'a', status: 'available' });
      expect(await ask(address)).toMatchObject({ instance: id });
      expect(await leftOn(services, 'b')).toEqual([]);
      expect(await recordedOn(services, 'b')).toEqual([]);
      expect(await store.instances.load()).toMatchObject([{ host: 'a', instances: 1 }]);
    },
    60_000,
  );

  it('moves when it uses only what all hosts offer', async () => {
    const { store, run } = services;
    const instanceId = randomUUID();
    requireSucceeded(await run('instance.create', { instanceId, service: 'web', iteration: 1, host: 'a' }));
    requireSucceeded(await run('instance.migrate', { instanceId, host: 'b' }));
    expect(await store.instances.require(instanceId)).toMatchObject({ host: 'b', status: 'available' });
  }, 240_000);
});
