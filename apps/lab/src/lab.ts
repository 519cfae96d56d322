import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireKnownFeatures } from './cpu.js';
import { startHaproxy, stopHaproxy, type Frontend } from './haproxy.js';
import { findHostProcess, killDaemon, killHost, prepareHost, startHost } from './host.js';
import { HOST_NAMES, layOut, layOutHost, type HostLayout } from './layout.js';
import {
  ensureHostNetwork,
  ensureSwitch,
  parseLinkQuality,
  removeNetworks,
  setLinkQuality,
  setPlugged,
} from './network.js';
import { ensureAuthority, issueClient } from './pki.js';
import { LabError, tryRun } from './run.js';

export const DEFAULT_DIR = '/var/lib/diecast-lab';

export type LabOptions = {
  readonly dir: string;
  readonly hosts: number;
  readonly frontends: readonly Frontend[];
  /** CPU features, as QEMU names them, that hosts do without. */
  readonly without?: Readonly<Record<string, readonly string[]>>;
  readonly say: (text: string) => void;
};

export type LabHost = {
  readonly name: string;
  readonly address: string;
  /** What an orchestrator in the root namespace dials. */
  readonly uri: string;
  /** For a look with virsh without certificates. */
  readonly localUri: string;
  /** The storage pool's files, seen from outside. */
  readonly poolDir: string;
  readonly power: 'on' | 'off';
};

export type LabState = {
  readonly dir: string;
  readonly hosts: readonly LabHost[];
  readonly network: {
    readonly bridge: string;
    readonly gateway: string;
    readonly prefix: number;
    readonly guestRange: { readonly start: string; readonly end: string };
  };
  readonly haproxy: {
    readonly socket: string;
    readonly frontends: readonly { readonly name: string; readonly url: string }[];
  };
};

async function refuseWithoutRights(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new LabError('the lab needs root: it makes network, mount and PID namespaces. Run it with sudo.');
  const { code, stderr } = await tryRun('unshare', ['--net', '--mount', '--pid', '--fork', 'true']);
  if (code !== 0)
    throw new LabError(
      `this machine gives no namespaces (${stderr.trim()}); a container needs --privileged for the lab.`,
    );
}

type Plan = { readonly hosts: number; readonly frontends: readonly Frontend[] };
const planFile = (dir: string): string => join(dir, 'lab.json');

async function readPlan(dir: string): Promise<Plan> {
  if (!existsSync(planFile(dir))) throw new LabError(`there is no lab in ${dir}; make one with "lab up".`);
  return JSON.parse(await readFile(planFile(dir), 'utf8')) as Plan;
}

const hostsOf = (dir: string, count: number): readonly HostLayout[] => {
  const lab = layOut(dir);
  return Array.from({ length: count }, (_, index) => layOutHost(lab, index));
};

/** Brings the lab up, or completes what is there. */
export async function bringUp(options: LabOptions): Promise<LabState> {
  await refuseWithoutRights();
  await requireKnownFeatures(Object.values(options.without ?? {}).flat());
  const lab = layOut(options.dir);
  const hosts = hostsOf(options.dir, options.hosts);
  await mkdir(options.dir, { recursive: true, mode: 0o755 });
  if (existsSync(planFile(options.dir))) {
    const before = await readPlan(options.dir);
    if (before.hosts > options.hosts)
      throw new LabError(
        `the lab in ${options.dir} has ${before.hosts} hosts; take it down before you make it smaller.`,
      );
  }
  await writeFile(
    planFile(options.dir),
    JSON.stringify({ hosts: options.hosts, frontends: options.frontends }),
  );
  options.say(`lab: switch ${lab.subnet}.0/${lab.prefix}, certificates`);
  await ensureAuthority(join(options.dir, 'pki'));
  await issueClient(join(options.dir, 'pki'));
  await ensureSwitch(lab);
  for (const host of hosts) {
    await prepareHost(lab, host, hosts, options.without?.[host.name]);
    await ensureHostNetwork(lab, host);
  }
  options.say(`lab: starting hosts ${hosts.map(({ name }) => name).join(', ')}`);
  await Promise.all(hosts.map((host) => startHost(host)));
  if (options.frontends.length > 0)
    await startHaproxy(join(options.dir, 'haproxy'), lab.gateway, options.frontends);
  return readStatus(options.dir);
}

export async function readStatus(dir: string): Promise<LabState> {
  const plan = await readPlan(dir);
  const lab = layOut(dir);
  const hosts = await Promise.all(
    hostsOf(dir, plan.hosts).map(async (host) => ({
      name: host.name,
      address: host.address,
      uri: `qemu+tls://${host.address}/system?pkipath=${join(dir, 'pki', 'client')}`,
      localUri: `qemu+unix:///system?socket=${join(host.dir, 'run', 'libvirt-sock')}`,
      poolDir: host.poolDir,
      power: (await findHostProcess(host)) === undefined ? ('off' as const) : ('on' as const),
    })),
  );
  return {
    dir,
    hosts,
    network: { bridge: 'br0', gateway: lab.gateway, prefix: lab.prefix, guestRange: lab.guestRange },
    haproxy: {
      socket: join(dir, 'haproxy', 'admin.sock'),
      frontends: plan.frontends.map(({ name, port }) => ({ name, url: `http://${lab.gateway}:${port}` })),
    },
  };
}

/** Leaves nothing behind, whatever state the lab is in. */
export async function tearDown(dir: string): Promise<void> {
  await refuseWithoutRights();
  const lab = layOut(dir);
  await stopHaproxy(join(dir, 'haproxy'));
  await Promise.all(hostsOf(dir, HOST_NAMES.length).map((host) => killHost(host)));
  await removeNetworks(lab);
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

async function findHost(dir: string, name: string): Promise<HostLayout> {
  const hosts = hostsOf(dir, (await readPlan(dir)).hosts);
  const host = hosts.find((each) => each.name === name);
  if (host === undefined)
    throw new LabError(
      `there is no host "${name}"; the lab has ${hosts.map((each) => each.name).join(', ')}.`,
    );
  return host;
}

export async function setPower(dir: string, name: string, power: 'on' | 'off'): Promise<void> {
  const lab = layOut(dir);
  const host = await findHost(dir, name);
  if (power === 'off') {
    // The cable first: a host without power does not answer with a reset either.
    await setPlugged(lab, host, false);
    await killHost(host);
    return;
  }
  await setPlugged(lab, host, true);
  await startHost(host);
}

/** Its libvirtd dies and comes back; its machines run on. */
export async function crashDaemon(dir: string, name: string): Promise<void> {
  await killDaemon(await findHost(dir, name));
}

/** @param quality `on`, `off`, or `rate=100mbit,loss=1%,delay=20ms` */
export async function setLink(dir: string, name: string, quality: string): Promise<void> {
  const lab = layOut(dir);
  const host = await findHost(dir, name);
  if (quality === 'off') return setPlugged(lab, host, false);
  await setLinkQuality(lab, host, quality === 'on' ? {} : parseLinkQuality(quality));
}
