import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FLOWS } from '@diecast/flows';
import { runInGuest } from '../harness/guest.js';
import { debianImage, startLab } from '../harness/lab.js';
import { sampleSettings } from '../harness/samples.js';
import { openServices, type TestServices } from '../harness/services.js';
import { guestSpec, keepProven, leftOn, registerHosts, requireSucceeded } from '../harness/tiny-service.js';

const PATIENCE = { deadlineMs: 300_000 };

describe('a whole Debian as an immutable machine', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let services: TestServices;

  beforeAll(async () => {
    lab = await startLab('debian', 1);
    services = await openServices(FLOWS);
    await registerHosts(services, lab);
  }, 300_000);

  afterAll(async () => {
    await services?.close();
    await lab?.close();
  }, 60_000);

  it('boots read-only with systemd, and is what its seed and its credentials say (SPEC-INST-3)', async () => {
    const { store } = services;
    const instanceId = randomUUID();
    const digest = await keepProven(services, await debianImage());
    const spec = guestSpec(digest, lab, 400);
    const userData = '#cloud-config\nwrite_files:\n- {path: /etc/motd, content: "by cloud-init\\n"}\n';
    await store.services.declare(
      'debian',
      {
        ...spec,
        machine: { ...spec.machine, memoryMiB: 512 },
        userData: { cloudInit: { userData }, credentials: { 'app.token': 'two\nlines' } },
      },
      sampleSettings(1),
      'test',
    );
    requireSucceeded(
      await services.run('instance.create', { instanceId, service: 'debian', iteration: 1, host: 'a' }),
    );
    const { address } = await store.instances.require(instanceId);
    const answer = await fetch(`http://${address}/`);
    expect(await answer.json()).toMatchObject({ instance: instanceId, service: 'debian', version: '12' });

    const on = services.hypervisors.at(await store.hosts.require('a'));
    const shell = (script: string): Promise<string> =>
      runInGuest(on, instanceId, ['/bin/sh', '-c', script], PATIENCE);
    expect(await shell('cloud-init status --wait >/dev/null; cat /etc/motd')).toBe('by cloud-init\n');
    expect(await shell('cat /run/credentials/@system/app.token')).toBe('two\nlines');
    expect(await shell('hostname')).toBe(`debian-${instanceId.slice(-8)}\n`);
    expect(await shell('grep " / " /proc/mounts')).toMatch(/^\/dev\/dm-0 \/ squashfs ro,/);
    expect(await shell('touch /usr/new')).toContain('Read-only file system');
    expect(await shell('systemctl list-units --failed --plain --no-legend')).toBe('');

    requireSucceeded(await services.run('instance.discontinue', { instanceId }));
    expect(await leftOn(services, 'a')).toEqual([]);
  }, 900_000);
});
