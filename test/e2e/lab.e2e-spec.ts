import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blobFileName, layerFileName, macOf } from '@diecast/model';
import { libvirtHypervisors, type Hypervisors } from '@diecast/hypervisor';
import { layOut } from '../../apps/lab/src/layout.js';
import { putImage, startLab, tinyImage, tinyMachine } from '../harness/lab.js';
import {
  command,
  killLabCommand,
  labCommand,
  labCommandWithoutRoot,
  processesOf,
  tracesOf,
} from '../harness/lab-command.js';
import { until } from '../harness/until.js';

const OTHER = '/var/lib/diecast-test-crash';

describe('the lab', () => {
  let lab: Awaited<ReturnType<typeof startLab>>;
  let hypervisors: Hypervisors;
  const id = randomUUID();

  const hostAt = (index: number) => {
    const host = lab.hosts[index];
    if (host === undefined) throw new Error(`the lab has no host ${index}`);
    return host;
  };
  const on = (index: number) => hypervisors.at(hostAt(index));
  const inLab = (...args: readonly string[]) => labCommand(...args, '--dir', lab.dir);
  /** Whether the host's libvirtd takes a connection. */
  const reaches = (host: string): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connectTcp({ host, port: 16514, timeout: 3000 });
      const end = (answer: boolean): void => {
        socket.destroy();
        resolve(answer);
      };
      socket.once('connect', () => end(true));
      socket.once('timeout', () => end(false));
      socket.once('error', () => end(false));
    });

  async function startMachine(): Promise<void> {
    const { bridge, guestRange } = lab.network;
    const wish = { id, address: guestRange.start, layer: layerFileName(id), bridge, mac: macOf(id) };
    await on(0).machines.startMachine(tinyMachine({ ...wish, image: await tinyImage('v1') }));
  }

  beforeAll(async () => {
    lab = await startLab('lab', 2);
    hypervisors = libvirtHypervisors();
  }, 180_000);

  afterAll(async () => {
    await hypervisors?.close();
    await lab?.close();
    await labCommand('down', '--dir', OTHER);
  }, 60_000);

  it('is brought up twice without harm', async () => {
    const before = await Promise.all([0, 1].map(async (index) => (await on(index).probe()).hostUuid));
    expect(new Set(before).size).toBe(2);
    const pids = (await processesOf(lab.dir)).map(({ status }) => /^Pid:.*$/m.exec(status)?.[0]);
    const again = await inLab('up', '--hosts', '2', '--json');
    expect({ code: again.code, stderr: again.code === 0 ? '' : again.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    expect(JSON.parse(again.stdout)).toMatchObject({ hosts: [{ power: 'on' }, { power: 'on' }] });
    expect((await processesOf(lab.dir)).map(({ status }) => /^Pid:.*$/m.exec(status)?.[0])).toEqual(pids);
    const after = await Promise.all([0, 1].map(async (index) => (await on(index).probe()).hostUuid));
    expect(after).toEqual(before);
  }, 180_000);

  it('runs its guests as an unprivileged user, with libvirt’s seccomp filter', async () => {
    const image = await tinyImage('v1');
    await putImage(on(0), image);
    const { digest, format, virtualSize } = image.manifest.disk;
    const backing = { name: blobFileName(digest), format };
    await on(0).files.createLayer({ name: layerFileName(id), virtualSize, backing });
    await startMachine();
    const [qemu, ...others] = await processesOf(`guest=diecast-web-1-${id.slice(-8)}`);
    expect(others).toEqual([]);
    const user = (await command('id', '-u', 'libvirt-qemu')).stdout.trim();
    expect(/^Uid:\s+(\d+)/m.exec(qemu?.status ?? '')?.[1]).toBe(user);
    expect(/^Seccomp:\s+(\d)/m.exec(qemu?.status ?? '')?.[1]).toBe('2');
  }, 120_000);

  it('lets nobody in who has no certificate of its authority', async () => {
    const { address, uri } = hostAt(1);
    const ours = join(lab.dir, 'pki', 'client');
    const foreign = await mkdtemp(join(tmpdir(), 'diecast-foreign-'));
    try {
      await cp(join(ours, 'cacert.pem'), join(foreign, 'cacert.pem'));
      await command(
        ...(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] as const),
        ...['-nodes', '-days', '1', '-subj', '/CN=orchestrator'],
        ...['-keyout', join(foreign, 'clientkey.pem'), '-out', join(foreign, 'clientcert.pem')],
      );
      const stranger = hypervisors.at({ name: 'stranger', uri: uri.replace(ours, foreign) });
      await expect(stranger.readRoom()).rejects.toMatchObject({ code: 'host_refused' });
      await rm(join(foreign, 'clientcert.pem'));
      const nobody = hypervisors.at({ name: 'nobody', uri: uri.replace(ours, foreign) });
      await expect(nobody.readRoom()).rejects.toMatchObject({ code: 'host_refused' });
    } finally {
      await rm(foreign, { recursive: true });
    }
    // Not our own client's politeness: the host itself says nothing to somebody who shows nothing.
    const welcome = await new Promise<number>((resolve) => {
      let bytes = 0;
      const socket = connectTls({ host: address, port: 16514, rejectUnauthorized: false });
      socket.on('data', (chunk) => (bytes += chunk.length));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(bytes));
    });
    expect(welcome).toBe(0);
  }, 60_000);

  it('pulls the plug of a host, and brings it back with its disks and without machines (SPEC-LAB-2)', async () => {
    const { name } = hostAt(0);
    const files = (await on(0).files.listFiles()).map((file) => file.name).sort();
    expect(await on(0).machines.listMachines()).toHaveLength(1);
    expect(await inLab('power', name, 'off')).toMatchObject({ code: 0 });
    expect(await processesOf(`guest=diecast-web-1-${id.slice(-8)}`)).toEqual([]);
    expect(await reaches(hostAt(0).address)).toBe(false);
    await hypervisors.forget(name);
    expect(JSON.parse((await inLab('status', '--json')).stdout)).toMatchObject({
      hosts: [{ power: 'off' }, { power: 'on' }],
    });
    expect(await on(1).machines.listMachines()).toEqual([]);

    expect(await inLab('power', name, 'on')).toMatchObject({ code: 0 });
    expect(await on(0).machines.listMachines()).toEqual([]);
    expect((await on(0).files.listFiles()).map((file) => file.name).sort()).toEqual(files);
  }, 120_000);

  it('unplugs and worsens a link, and refuses what this kernel cannot do', async () => {
    const { name, address } = hostAt(1);
    expect(await reaches(address)).toBe(true);
    for (const cut of ['off', 'loss=100%']) {
      expect(await inLab('link', name, cut)).toMatchObject({ code: 0 });
      expect(await reaches(address)).toBe(false);
      expect(await inLab('link', name, 'on')).toMatchObject({ code: 0 });
      await until(async () => (await reaches(address)) || undefined);
    }
    const disciplines = async (): Promise<string> =>
      (await command('tc', '-n', layOut(lab.dir).switchNamespace, 'qdisc', 'show', 'dev', `port-${name}`))
        .stdout;
    expect(await inLab('link', name, 'rate=50mbit,loss=1%')).toMatchObject({ code: 0 });
    expect(await disciplines()).toContain('tbf');
    const netem = await command('unshare', '--net', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem');
    const delayed = await inLab('link', name, 'delay=20ms');
    if (netem.code === 0) expect(await disciplines()).toContain('delay 20ms');
    else expect(delayed).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot emulate delay') });
    for (const wrong of ['rate=fast', 'loss=101%', 'colour=red'])
      expect(await inLab('link', name, wrong)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`"${wrong}" is not one of`),
      });
    expect(await inLab('link', 'z', 'off')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no host "z"; the lab has a, b'),
    });
    expect(await inLab('link', name, 'on')).toMatchObject({ code: 0 });
  }, 120_000);

  it('says who may have a lab, what no host can lack, and where there is none', async () => {
    for (const [words, reason] of [
      [['up', '--hosts', '1'], 'the lab needs root'],
      [['down'], 'the lab needs root'],
    ] as const) {
      const refused = await labCommandWithoutRoot(...words, '--dir', OTHER);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
    }
    for (const [word, reason] of [
      ['a=sse9', 'QEMU knows no CPU feature "sse9"'],
      ['a', '--without takes HOST=FEATURE'],
    ] as const) {
      const refused = await labCommand('up', '--hosts', '1', '--without', word, '--dir', OTHER);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
    }
    const nowhere = await labCommand('status', '--dir', OTHER);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no lab in') });
    expect(await tracesOf(OTHER)).toEqual([]);
  }, 60_000);

  it('leaves nothing behind, also of an `up` that was killed in the middle (SPEC-LAB-1)', async () => {
    const up = ['up', '--hosts', '2', '--dir', OTHER];
    const traced = (mark: RegExp) => async () => (await tracesOf(OTHER)).some((trace) => mark.test(trace));
    expect(await killLabCommand(up, traced(/^namespace/))).toBe('SIGKILL');
    expect(await tracesOf(OTHER)).not.toEqual([]);
    expect(await labCommand('down', '--dir', OTHER)).toMatchObject({ code: 0 });
    expect(await tracesOf(OTHER)).toEqual([]);

    // What was begun is completed by the next one.
    expect(await killLabCommand(up, traced(/^process .*init\.sh/))).toBe('SIGKILL');
    expect(await labCommand(...up)).toMatchObject({ code: 0 });
    expect(await labCommand('down', '--dir', OTHER)).toMatchObject({ code: 0 });
    expect(await tracesOf(OTHER)).toEqual([]);
    expect(await labCommand('down', '--dir', OTHER)).toMatchObject({ code: 0 });
  }, 180_000);

  it('goes with all that it had while machines run (SPEC-LAB-1)', async () => {
    await startMachine();
    expect(await processesOf(`guest=diecast-web-1-${id.slice(-8)}`)).toHaveLength(1);
    const cgroups = (await command('find', '/sys/fs/cgroup', '-name', '*diecast*')).stdout;
    expect(cgroups).toBe('');
    expect(await inLab('down')).toMatchObject({ code: 0 });
    expect(await tracesOf(lab.dir)).toEqual([]);
  }, 60_000);
});
