import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blobFileName, layerFileName, macOf, memoryFileName } from '@diecast/model';
import {
  libvirtHypervisors,
  type Hypervisor,
  type Hypervisors,
  type MigrationProgress,
} from '@diecast/hypervisor';
import { runInGuest } from '../harness/guest.js';
import { putImage, startLab, tinyImage, tinyMachine, type TestImage } from '../harness/lab.js';

type Answer = { readonly instance: string; readonly version: string };

async function ask(address: string, withinMs = 60_000): Promise<Answer> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      const response = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(2_000) });
      return (await response.json()) as Answer;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

describe('one machine on real hosts', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let hypervisors: Hypervisors;
  let image: TestImage;
  let a: Hypervisor;
  let b: Hypervisor;
  const id = randomUUID();
  const layer = layerFileName(id);
  let address: string;

  const host = (index: number): Hypervisor => {
    const found = lab.hosts[index];
    if (found === undefined) throw new Error(`the lab has no host ${index}`);
    return hypervisors.at(found);
  };
  const machine = (machineId: string, at: string, file: string) =>
    tinyMachine({
      id: machineId,
      address: at,
      layer: file,
      image,
      bridge: lab.network.bridge,
      mac: macOf(machineId),
    });
  /** How often the guest's kernel has seen its cable unplugged. */
  async function cablesLost(machineId: string): Promise<number> {
    const counter = '/sys/class/net/eth0/carrier_down_count';
    return Number(await runInGuest(a, machineId, ['/bin/cat', counter]));
  }
  const newLayer = (on: Hypervisor, name: string): Promise<void> =>
    on.files.createLayer({
      name,
      virtualSize: image.manifest.disk.virtualSize,
      backing: { name: blobFileName(image.manifest.disk.digest), format: image.manifest.disk.format },
    });

  beforeAll(async () => {
    lab = await startLab('machine', 2);
    image = await tinyImage('v1');
    hypervisors = libvirtHypervisors();
    a = host(0);
    b = host(1);
    address = `${lab.network.gateway.replace(/\d+$/, '')}101`;
  }, 180_000);

  afterAll(async () => {
    await hypervisors?.close();
    await lab?.close();
  }, 60_000);

  it('gets an answer to every one of the calls that are asked at the same moment', async () => {
    // Sent as one TLS record they would lie unread in the daemon, and each round would run into its deadline.
    for (let round = 0; round < 20; round += 1) {
      const asked = Array.from({ length: 12 }, () =>
        a.machines.findMachine(randomUUID(), { deadlineMs: 3_000 }),
      );
      expect(new Set(await Promise.all(asked))).toEqual(new Set([undefined]));
    }
  }, 60_000);

  it('finds the accelerator by booting a guest, not by believing a device file (SPEC-HOST-1)', async () => {
    const facts = await a.probe();
    expect(['kvm', 'tcg']).toContain(facts.accelerator);
    expect(facts.acceleratorReason).toContain('a guest booted and ran code');
    expect(facts.libvirtVersion).toMatch(/^\d+\.\d+\.\d+$/);
    expect(await a.machines.listMachines()).toEqual([]);
    expect((await a.files.listFiles()).filter((file) => file.name.startsWith('probe-'))).toEqual([]);
  }, 60_000);

  it('says of a CPU whether a machine that uses it could run here', async () => {
    const { accelerator, cpuXml } = await a.probe();
    expect(await a.machines.findCpuObstacle(cpuXml, accelerator)).toBeUndefined();
    // No host of any accelerator has what both of these makers have.
    const stranger = `<cpu mode="custom" match="exact"><model>EPYC</model><vendor>AMD</vendor>
      <feature policy="require" name="vmx"/><feature policy="require" name="svm"/>
      <feature policy="require" name="avx512f"/><feature policy="require" name="amx-tile"/></cpu>`;
    expect(await a.machines.findCpuObstacle(stranger, accelerator)).toContain('amx-tile');
  }, 120_000);

  it('keeps a blob on the host byte for byte', async () => {
    await putImage(a, image);
    await putImage(b, image);
    const { disk } = image.manifest;
    expect(`sha256:${await a.files.hashFile(blobFileName(disk.digest), disk.size)}`).toBe(disk.digest);
  }, 120_000);

  it('starts from its image, says who it is, and nothing stays defined (SPEC-INST-2)', async () => {
    await newLayer(a, layer);
    await a.machines.startMachine(machine(id, address, layer));
    await a.machines.startMachine(machine(id, address, layer));
    expect(await ask(address)).toMatchObject({ instance: id, version: '1' });
    const view = await a.machines.findMachine(id);
    expect(view?.identity).toEqual({
      instanceId: id,
      service: 'web',
      iteration: 1,
      imageDigest: image.digest,
      generation: 1,
    });
    expect(view?.diskChain).toEqual([layer, blobFileName(image.manifest.disk.digest)]);
  }, 120_000);

  it('is copied with its memory while it runs, and wakes as another machine (SPEC-SNAP-1)', async () => {
    await fetch(`http://${address}/data`, { method: 'PUT', body: 'kept in memory' });
    const next = layerFileName(id, 'second');
    const memoryFile = memoryFileName('first');
    const taken = await a.snapshots.snapshotMachine(id, { newLayer: next, memoryFile, quiesce: false });
    expect(taken.pauseMs).toBeGreaterThan(0);
    expect(taken.memoryBytes).toBeGreaterThan(1_000_000);
    expect(await ask(address)).toMatchObject({ instance: id });

    const copy = randomUUID();
    const copyAddress = address.replace(/\d+$/, '102');
    const copyLayer = layerFileName(copy);
    await a.files.createLayer({
      name: copyLayer,
      virtualSize: image.manifest.disk.virtualSize,
      backing: { name: layer, format: 'qcow2' },
    });
    const wanted = machine(copy, copyAddress, copyLayer);
    const chain = [
      { path: `/var/lib/diecast/pool/${layer}`, format: 'qcow2' as const },
      ...wanted.disk.chain,
    ];
    const identify = [
      '/usr/bin/diecast-identity',
      `instance=${copy}`,
      'iteration=1',
      `mac=${macOf(copy)}`,
      `network=${copyAddress}/24`,
    ];
    await a.restores.restoreMachine({ ...wanted, disk: { ...wanted.disk, chain } }, memoryFile, identify);
    expect(await ask(copyAddress)).toMatchObject({ instance: copy });
    expect(await (await fetch(`http://${copyAddress}/data`)).text()).toBe('kept in memory');
    expect(await ask(address)).toMatchObject({ instance: id });
    // While it still was its origin it had no cable: the origin's packets would have come to it.
    expect(await cablesLost(copy)).toBe((await cablesLost(id)) + 1);
    await a.machines.stopMachine(copy, 0);
    await a.files.deleteFile(copyLayer);
  }, 180_000);

  it('merges its layers while it runs, so that the snapshot can go (SPEC-SNAP-2)', async () => {
    await a.snapshots.flattenOnto(id, blobFileName(image.manifest.disk.digest));
    await a.files.deleteFile(layer);
    await a.files.deleteFile(memoryFileName('first'));
    const view = await a.machines.findMachine(id);
    expect(view?.diskChain).toEqual([layerFileName(id, 'second'), blobFileName(image.manifest.disk.digest)]);
    const left = (await a.files.listFiles())
      .map((file) => file.name)
      .filter((name) => !name.endsWith('.blob'));
    expect(left).toEqual([layerFileName(id, 'second')]);
    expect(await ask(address)).toMatchObject({ instance: id });
  }, 120_000);

  it('moves to another host over TLS with its disk, and exactly one copy runs (SPEC-MIG-1)', async () => {
    const active = layerFileName(id, 'second');
    await newLayer(b, active);
    const target = lab.hosts[1];
    const seen: MigrationProgress[] = [];
    const dialled = target?.address ?? null;
    // So slow that it is looked at more than once.
    const limits = { migrationUri: `qemu+tls://${dialled}/system`, address: dialled, bandwidthMiBps: 16 };
    await a.migrations.migrate(id, limits, { onProgress: (progress) => seen.push(progress) });
    expect(await a.machines.findMachine(id)).toBeUndefined();
    expect(await b.machines.findMachine(id)).toMatchObject({ state: 'running' });
    const figures = await b.migrations.readCompletedMigration(id);
    expect(figures?.totalMs).toBeGreaterThan(0);
    expect(figures?.transferredBytes).toBeGreaterThan(0);
    expect(seen.length).toBeGreaterThan(0);
    expect(await ask(address)).toMatchObject({ instance: id });
    await b.machines.updateGeneration(id, 2);
    expect((await b.machines.findMachine(id))?.identity?.generation).toBe(2);
  }, 180_000);

  it('stops when asked, and leaves no domain and no file behind', async () => {
    await b.machines.stopMachine(id, 15_000);
    for (const on of [a, b]) {
      await on.files.deleteFile(layerFileName(id, 'second'));
      expect(await on.machines.listMachines()).toEqual([]);
      const left = (await on.files.listFiles()).filter((file) => !file.name.endsWith('.blob'));
      expect(left).toEqual([]);
    }
  }, 60_000);
});
