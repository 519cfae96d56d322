import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgentCheck, Digest, Operation } from '@diecast/model';
import { healthController } from '@diecast/controllers';
import { FLOWS } from '@diecast/flows';
import { runInGuest } from '../harness/guest.js';
import { startLab, tinyImage } from '../harness/lab.js';
import { sampleSettings } from '../harness/samples.js';
import { openServices, silent, type TestServices } from '../harness/services.js';
import { guestSpec, keepProven, registerHosts, requireSucceeded } from '../harness/tiny-service.js';

const timing = { intervalSeconds: 1, timeoutSeconds: 3, successes: 1, failures: 1, startPeriodSeconds: 90 };
const NOT_MARKED = ['/bin/sh', '-c', 'if test -e /run/sick; then echo marked as sick >&2; exit 3; fi'];

describe('health as the guest agent tells it', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let services: TestServices;
  let store: TestServices['store'];
  let image: Digest;

  /** A service whose machines are checked so, and its first machine. */
  async function create(service: string, check: AgentCheck, startPeriodSeconds = 90) {
    const spec = guestSpec(image, lab);
    const health = { ...timing, startPeriodSeconds, ...check };
    await store.services.declare(service, { ...spec, health }, sampleSettings(1), 'test');
    const instanceId = randomUUID();
    const operation = await services.run('instance.create', { instanceId, service, iteration: 1, host: 'a' });
    return { instanceId, operation };
  }
  const hostOf = async (id: string) => {
    const { host } = await store.instances.require(id);
    return services.hypervisors.at(await store.hosts.require(host ?? ''));
  };
  async function becomes(id: string, healthy: boolean): Promise<void> {
    for (;;) {
      const seen = await store.events.latestId();
      if ((await store.instances.require(id)).healthy === healthy) return;
      await store.events.wait(1000, undefined, seen);
    }
  }

  beforeAll(async () => {
    lab = await startLab('agent-health', 2);
    services = await openServices(FLOWS);
    ({ store } = services);
    await registerHosts(services, lab);
    image = await keepProven(services, await tinyImage('v1'));
  }, 300_000);
  afterAll(async () => {
    await services?.close();
    await lab?.close();
  }, 60_000);

  it('refuses a machine whose program fails, and says how it failed (SPEC-CHECK-3)', async () => {
    const command = ['/bin/cat', '/run/is-not-there'];
    const { instanceId, operation } = await create('sick', { kind: 'agent', command }, 60);
    expect(operation).toMatchObject({ status: 'failed', error: { code: 'unhealthy' } });
    expect(operation.error?.message).toMatch(/\/bin\/cat ended with 1: .*No such file or directory/);
    expect(await store.instances.require(instanceId)).toMatchObject({ status: 'failed' });
  }, 180_000);

  it('follows what the program says, and a move is no sign of illness (SPEC-CHECK-3)', async () => {
    const { instanceId, operation } = await create('well', { kind: 'agent', command: NOT_MARKED });
    requireSucceeded(operation);
    const said: string[] = [];
    const log = { ...silent, info: (_: unknown, message: string) => void said.push(message) };
    const checking = services.work([healthController({ ...services, log })]);
    const done = (moved: Promise<Operation>) => moved.then(requireSucceeded);
    try {
      const before = await store.events.latestId();
      for (const host of ['b', 'a']) await done(services.run('instance.migrate', { instanceId, host }));
      const told = await store.events.after(before, { limit: 500 });
      const verdicts = told.flatMap(({ type, data }) =>
        type === 'instance.changed' ? [(data as { readonly healthy: boolean }).healthy] : [],
      );
      expect(verdicts.length).toBeGreaterThan(0);
      expect(verdicts).not.toContain(false);
      await runInGuest(await hostOf(instanceId), instanceId, ['/bin/touch', '/run/sick']);
      await becomes(instanceId, false);
      expect(said.at(-1)).toBe('It failed 1 checks in a row: /bin/sh ended with 3: marked as sick.');
      await runInGuest(await hostOf(instanceId), instanceId, ['/bin/rm', '/run/sick']);
      await becomes(instanceId, true);
    } finally {
      await checking.stop();
    }
    requireSucceeded(await services.run('instance.discontinue', { instanceId }));
  }, 240_000);
});
