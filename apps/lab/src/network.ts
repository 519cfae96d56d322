import type { HostLayout, LabLayout } from './layout.js';
import { LabError, run, tryRun } from './run.js';

/** `ip` inside a namespace. */
const inside = (namespace: string, ...args: readonly string[]): Promise<string> =>
  run('ip', ['-n', namespace, ...args]);

export async function listNamespaces(): Promise<readonly string[]> {
  const { stdout } = await tryRun('ip', ['-j', 'netns', 'list']);
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
}

async function linkExists(name: string, namespace?: string): Promise<boolean> {
  const where = namespace === undefined ? [] : ['-n', namespace];
  return (await tryRun('ip', [...where, 'link', 'show', name])).code === 0;
}

async function ensureNamespace(name: string): Promise<void> {
  if ((await listNamespaces()).includes(name)) return;
  await run('ip', ['netns', 'add', name]);
  await inside(name, 'link', 'set', 'lo', 'up');
}

async function ensureBridge(namespace: string): Promise<void> {
  if (await linkExists('br0', namespace)) return;
  await inside(namespace, 'link', 'add', 'br0', 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0');
  await inside(namespace, 'link', 'set', 'br0', 'up');
}

/**
 * The switch lives in a namespace of its own: a bridge in the root namespace would be filtered by the rules that container engines
 * put there. The root namespace is one more thing plugged into it.
 */
export async function ensureSwitch(lab: LabLayout): Promise<void> {
  await ensureNamespace(lab.switchNamespace);
  await ensureBridge(lab.switchNamespace);
  if (await linkExists(lab.rootLink)) return;
  await run('ip', [
    'link',
    'add',
    lab.rootLink,
    'type',
    'veth',
    'peer',
    'name',
    'port-root',
    'netns',
    lab.switchNamespace,
  ]);
  await inside(lab.switchNamespace, 'link', 'set', 'port-root', 'master', 'br0', 'up');
  await run('ip', ['addr', 'add', `${lab.gateway}/${lab.prefix}`, 'dev', lab.rootLink]);
  await run('ip', ['link', 'set', lab.rootLink, 'up']);
}

/**
 * A bridge without a MAC of its own takes the lowest of its ports'. That can be a guest's tap, and then two hosts have the same
 * one while the guest moves from one to the other.
 */
const bridgeMac = (address: string): string =>
  ['02', 'dc', ...address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))].join(':');

/** A host's network: br0 with the host's address, the uplink to the switch in it; guests' taps join it. */
export async function ensureHostNetwork(lab: LabLayout, host: HostLayout): Promise<void> {
  await ensureNamespace(host.namespace);
  await ensureBridge(host.namespace);
  await inside(host.namespace, 'link', 'set', 'br0', 'address', bridgeMac(host.address));
  if (await linkExists('uplink', host.namespace)) return;
  await run('ip', [
    'link',
    'add',
    'uplink',
    'netns',
    host.namespace,
    'type',
    'veth',
    'peer',
    'name',
    host.port,
    'netns',
    lab.switchNamespace,
  ]);
  await inside(lab.switchNamespace, 'link', 'set', host.port, 'master', 'br0', 'up');
  await inside(host.namespace, 'link', 'set', 'uplink', 'master', 'br0', 'up');
  await inside(host.namespace, 'addr', 'add', `${host.address}/${lab.prefix}`, 'dev', 'br0');
  await inside(host.namespace, 'route', 'add', 'default', 'via', lab.gateway);
}

export async function removeNetworks(lab: LabLayout): Promise<void> {
  if (await linkExists(lab.rootLink)) await run('ip', ['link', 'del', lab.rootLink]);
  for (const name of await listNamespaces()) {
    if (name.startsWith(`dl${lab.id}-`)) await run('ip', ['netns', 'del', name]);
  }
}

export async function setPlugged(lab: LabLayout, host: HostLayout, plugged: boolean): Promise<void> {
  await inside(lab.switchNamespace, 'link', 'set', host.port, plugged ? 'up' : 'down');
}

/** What a link is asked to be; absent members are left at their best. */
export type LinkQuality = { readonly rate?: string; readonly lossPercent?: number; readonly delay?: string };

/** "rate=100mbit,loss=1%,delay=20ms" @throws LabError naming the part that is wrong */
export function parseLinkQuality(text: string): LinkQuality {
  const quality: { rate?: string; lossPercent?: number; delay?: string } = {};
  for (const part of text.split(',')) {
    const [name, value = ''] = part.split('=');
    if (name === 'rate' && /^\d+(\.\d+)?[kmg]bit$/.test(value)) quality.rate = value;
    else if (name === 'loss' && /^\d+(\.\d+)?%$/.test(value) && parseFloat(value) <= 100)
      quality.lossPercent = parseFloat(value);
    else if (name === 'delay' && /^\d+(\.\d+)?ms$/.test(value)) quality.delay = value;
    else throw new LabError(`"${part}" is not one of rate=100mbit, loss=1%, delay=20ms.`);
  }
  return quality;
}

/** Gives the cable of a host its quality, both ways; whatever it was before is forgotten. @throws LabError when the kernel can't */
export async function setLinkQuality(lab: LabLayout, host: HostLayout, quality: LinkQuality): Promise<void> {
  await setPlugged(lab, host, true);
  const ends: readonly (readonly [string, string])[] = [
    [lab.switchNamespace, host.port],
    [host.namespace, 'uplink'],
  ];
  const table = `lab-${host.name}`;
  for (const [namespace, device] of ends)
    await tryRun('tc', ['-n', namespace, 'qdisc', 'del', 'dev', device, 'root']);
  await tryRun('ip', ['netns', 'exec', lab.switchNamespace, 'nft', 'delete', 'table', 'bridge', table]);

  const { delay, rate } = quality;
  // netem has a rate of its own: one cable end takes one discipline.
  const netem =
    delay === undefined ? [] : ['netem', 'delay', delay, ...(rate === undefined ? [] : ['rate', rate])];
  const tbf = rate === undefined ? [] : ['tbf', 'rate', rate, 'burst', '64kb', 'latency', '200ms'];
  if (delay !== undefined) await setDiscipline(lab.switchNamespace, host.port, netem, 'delay');
  else if (rate !== undefined) await setDiscipline(lab.switchNamespace, host.port, tbf, 'rate');
  if (rate !== undefined) await setDiscipline(host.namespace, 'uplink', tbf, 'rate');
  if (quality.lossPercent !== undefined) {
    const dropped = Math.round(quality.lossPercent * 100);
    const sometimes = dropped === 10_000 ? '' : `numgen random mod 10000 < ${dropped} `;
    const rules = ['iifname', 'oifname'].map(
      (side) => `add rule bridge ${table} forward ${side} "${host.port}" ${sometimes}drop`,
    );
    const script = [
      `add table bridge ${table}`,
      `add chain bridge ${table} forward { type filter hook forward priority 0; }`,
      ...rules,
    ].join('\n');
    const { code, stderr } = await tryRun(
      'ip',
      ['netns', 'exec', lab.switchNamespace, 'nft', '-f', '-'],
      script,
    );
    if (code !== 0) throw new LabError(`this kernel cannot lose packets on a bridge: ${stderr.trim()}`);
  }
}

async function setDiscipline(
  namespace: string,
  device: string,
  discipline: readonly string[],
  what: string,
): Promise<void> {
  const args = ['-n', namespace, 'qdisc', 'replace', 'dev', device, 'root', ...discipline];
  const { code, stderr } = await tryRun('tc', args);
  if (code !== 0)
    throw new LabError(`this kernel cannot emulate ${what} (sch_${discipline[0]}): ${stderr.trim()}`);
}
