import { createHash, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson, seedFileName, type IterationSpec, type Json, type Operation } from '@diecast/model';
import { healthController } from '@diecast/controllers';
import { FLOWS } from '@diecast/flows';
import type { Hypervisor } from '@diecast/hypervisor';
import { run } from '../../apps/lab/src/run.js';
import { startDhcp } from '../harness/dhcp.js';
import { runInGuest } from '../harness/guest.js';
import { eventsAfter } from '../harness/happenings.js';
import { startLab } from '../harness/lab.js';
import { requireDigest, sampleEvidence, sampleSettings } from '../harness/samples.js';
import { openServices, silent, type TestServices } from '../harness/services.js';
import { declareTiny, leftOn, registerHosts, requireSucceeded } from '../harness/tiny-service.js';
import { until } from '../harness/until.js';

const USER_DATA = '#cloud-config\nwrite_files:\n- {path: /run/hello, content: "grüße"}\n';
const SECRET = 'two lines,\nwith "quotes", commas=1 and\ttabs\n';
const LARGE = 'k'.repeat(20_000);

describe('what a service declares of its machines', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let services: TestServices;
  let store: TestServices['store'];
  let plain: IterationSpec;
  const [seeded, copy, snapshot] = [randomUUID(), randomUUID(), randomUUID()];

  const done = async (kind: Operation['kind'], input: Json): Promise<Operation> =>
    requireSucceeded(await services.run(kind, input));

  async function cast(instanceId: string, service: string, spec: IterationSpec): Promise<void> {
    await store.services.declare(service, spec, sampleSettings(1), 'test');
    await done('instance.create', { instanceId, service, iteration: 1, host: 'a' });
  }

  /** The host that the machine is on. */
  async function hostOf(instanceId: string): Promise<Hypervisor> {
    const { host } = await store.instances.require(instanceId);
    return services.hypervisors.at(await store.hosts.require(host ?? ''));
  }

  const within = async (instanceId: string, ...argv: readonly string[]): Promise<string> =>
    runInGuest(await hostOf(instanceId), instanceId, argv);

  /** What the machine's CPU calls itself. */
  const cpuOf = async (instanceId: string): Promise<string | undefined> =>
    (await hostOf(instanceId)).machines.readMachineCpu(instanceId);

  beforeAll(async () => {
    lab = await startLab('declared', 2);
    services = await openServices(FLOWS);
    ({ store } = services);
    await registerHosts(services, lab);
    await declareTiny(services, lab, 'plain');
    plain = (await store.services.iteration('plain', 1)).spec;
  }, 300_000);

  afterAll(async () => {
    await services?.close();
    await lab?.close();
  }, 60_000);

  it('finds the address that a machine was given by DHCP, and asks a guest agent how it is', async () => {
    const dhcp = await startDhcp(lab);
    try {
      const [asking, quiet] = [randomUUID(), randomUUID()];
      const network = { ...plain.network, addressing: { mode: 'dhcp' } } as const;
      await cast(asking, 'asking', { ...plain, network });
      const { address } = await store.instances.require(asking);
      expect(address).toMatch(new RegExp(`^${lab.network.guestRange.start.replace(/\d+$/, '')}`));
      expect(await (await fetch(`http://${address}/`)).json()).toMatchObject({ instance: asking });

      const { intervalSeconds, timeoutSeconds, successes, failures, startPeriodSeconds } = plain.health;
      const timing = { intervalSeconds, timeoutSeconds, successes, failures, startPeriodSeconds };
      await cast(quiet, 'quiet', { ...plain, health: { kind: 'agent', ...timing } });
      expect(await store.instances.require(quiet)).toMatchObject({ status: 'available', healthy: true });
      for (const instanceId of [asking, quiet]) await done('instance.discontinue', { instanceId });
    } finally {
      await dhcp.stop();
    }
  }, 240_000);

  it('is asked how it is by its guest agent until that is connected again, when it has just moved', async () => {
    const [moving, snapshots] = [randomUUID(), { a: randomUUID(), b: randomUUID() }];
    const { startPeriodSeconds } = plain.health;
    const timing = {
      intervalSeconds: 0.1,
      timeoutSeconds: 10,
      successes: 1,
      failures: 1,
      startPeriodSeconds,
    };
    await cast(moving, 'moving', { ...plain, health: { kind: 'agent', ...timing } });
    const seen = await store.events.latestId();
    const working = services.work([healthController({ ...services, log: silent })]);
    try {
      for (const host of ['b', 'a'] as const) {
        await done('instance.migrate', { instanceId: moving, host });
        const wish = { snapshotId: snapshots[host], instanceId: moving, name: 'arrived' };
        const taken = await done('instance.snapshot', { ...wish, withMemory: false, quiesce: true });
        expect(taken.result).toMatchObject({ quiesce: 'agent' });
      }
    } finally {
      await working.stop();
    }
    const told = (await eventsAfter(store, seen)).filter(({ resource }) => resource.id === moving);
    expect(told.map(({ data }) => (data as { readonly healthy: boolean }).healthy)).not.toContain(false);
    await done('instance.discontinue', { instanceId: moving });
    for (const host of ['a', 'b'] as const) {
      await done('snapshot.delete', { snapshotId: snapshots[host] });
      expect(await leftOn(services, host)).toEqual([]);
    }
  }, 240_000);

  it('plugs a machine into a network of libvirt', async () => {
    const [host] = lab.hosts;
    const network = `<network><name>lab</name><forward mode="bridge"/><bridge name="${lab.network.bridge}"/></network>`;
    const file = join(lab.dir, 'network.xml');
    await writeFile(file, network);
    await run('virsh', ['-c', host?.localUri ?? '', 'net-create', file]);
    const plugged = randomUUID();
    await cast(plugged, 'plugged', { ...plain, network: { ...plain.network, kind: 'network', name: 'lab' } });
    const { address } = await store.instances.require(plugged);
    expect(await (await fetch(`http://${address}/`)).json()).toMatchObject({ instance: plugged });
    await done('instance.discontinue', { instanceId: plugged });
  }, 240_000);

  it('reaches them: seed, credentials of any text, and a CPU that all hosts offer (SPEC-INST-3)', async () => {
    const cloudInit = { userData: USER_DATA, metaData: 'role: web\n' };
    const credentials = { 'app.secret': SECRET, large: LARGE, 'diecast.instance': 'somebody else' };
    await cast(seeded, 'seeded', { ...plain, userData: { cloudInit, credentials } });

    const { address } = await store.instances.require(seeded);
    // The guest mounts it beside its other work: a check may pass before.
    await until(async () => (await within(seeded, '/bin/grep', ' /run/seed ', '/proc/mounts')) || undefined);
    expect(await within(seeded, '/bin/cat', '/run/seed/user-data')).toBe(USER_DATA);
    expect(await within(seeded, '/bin/cat', '/run/seed/meta-data')).toBe(
      `instance-id: ${seeded}\nlocal-hostname: seeded-${seeded.slice(-8)}\nrole: web\n`,
    );
    expect(await within(seeded, '/bin/cat', '/run/seed/network-config')).toContain(`${address}/24`);
    expect(await within(seeded, '/bin/cat', '/run/credentials/@system/app.secret')).toBe(SECRET);
    expect(await within(seeded, '/bin/cat', '/run/credentials/@system/large')).toBe(LARGE);
    // Who it is, only Diecast says.
    expect(await within(seeded, '/bin/cat', '/run/diecast/instance')).toBe(`${seeded}\n`);
    expect(await within(seeded, '/bin/touch', '/run/seed/new')).toContain('Read-only file system');
    expect(await cpuOf(seeded)).toContain('mode="custom"');
  }, 240_000);

  it('goes with them: to another host, into a restored machine, and away', async () => {
    await done('instance.snapshot', {
      snapshotId: snapshot,
      instanceId: seeded,
      name: 'seeded',
      withMemory: true,
      quiesce: false,
    });
    await done('snapshot.restore', { snapshotId: snapshot, instanceId: copy });
    await done('instance.migrate', { instanceId: seeded, host: 'b' });
    expect(await leftOn(services, 'b')).toContain(seedFileName(seeded));
    expect(await leftOn(services, 'a')).toContain(seedFileName(copy));
    expect(await leftOn(services, 'a')).not.toContain(seedFileName(seeded));
    // Past the cache, from the drive itself.
    const label = ['/bin/dd', 'if=/dev/sr0', 'iflag=direct', 'bs=2048', 'skip=16', 'count=1'];
    for (const id of [seeded, copy]) {
      expect(await within(id, ...label)).toContain('cidata');
      await done('instance.discontinue', { instanceId: id });
    }
    await done('snapshot.delete', { snapshotId: snapshot });
    for (const host of ['a', 'b']) expect(await leftOn(services, host)).toEqual([]);
  }, 300_000);

  it('boots them with UEFI, which keeps nothing of its own, and with all that the host’s CPU has', async () => {
    const tiny = await store.images.resolve(plain.image);
    const manifest = { ...tiny.manifest, version: 'uefi', firmware: 'uefi' as const };
    const digest = requireDigest(
      `sha256:${createHash('sha256').update(canonicalJson(manifest)).digest('hex')}`,
    );
    await store.images.insert({ ...tiny, digest, version: 'uefi', manifest });
    await store.images.setStatus(digest, 'candidate', null);
    await store.images.recordProof(digest, sampleEvidence);
    const uefi = randomUUID();
    const machine = { vcpus: 1, memoryMiB: 256, firmware: 'uefi' as const, cpu: 'host-model' };
    await cast(uefi, 'uefi', { ...plain, image: digest, machine });
    expect(await within(uefi, '/bin/ls', '/sys/firmware/efi')).toContain('runtime');
    expect(await cpuOf(uefi)).toContain('model');
    await done('instance.discontinue', { instanceId: uefi });
    expect(await leftOn(services, 'a')).toEqual([]);
  }, 240_000);
});
