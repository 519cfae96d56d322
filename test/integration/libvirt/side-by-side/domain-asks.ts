import type { Libvirt } from '@diecast/node-libvirt';
import { both, they, we, type Ours, type Path, type Step } from './steps.js';

/** The domain of these steps, and its network card. */
export const NAME = 'wide';
export const NIC = 'testnet9';
export const xml = `<domain type='test'><name>${NAME}</name>
  <memory unit='KiB'>1048576</memory><currentMemory unit='KiB'>524288</currentMemory>
  <vcpu current='2'>4</vcpu><iothreads>2</iothreads><os><type arch='i686'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><source file='/guest/diskimage1'/><target dev='vda' bus='virtio'/></disk>
    <interface type='network'><mac address='aa:bb:cc:dd:ee:09'/><source network='default'/><target dev='${NIC}'/></interface>
    <memballoon model='virtio'/>
  </devices></domain>`;

type Domain = Libvirt['domain'];
type Dom = Awaited<ReturnType<Ours['dom']>>;

/** Both do the same to the domain. */
export const touch = (
  path: Path,
  ours: (domain: Domain, dom: Dom) => Promise<unknown>,
  theirs: string,
): Step =>
  both(path, async ({ host, dom }) => ours(host.domain, await dom(NAME)), `done(dom("${NAME}").${theirs})`);
/** Both ask the same of the domain; `theirs` is a method of it. */
export const ask = <R>(
  path: Path,
  ours: (domain: Domain, dom: Dom) => Promise<R>,
  theirs: string,
  as?: (answer: R) => unknown,
): Step =>
  both(path, async ({ host, dom }) => ours(host.domain, await dom(NAME)), `dom("${NAME}").${theirs}`, as);
/** We do something to it. */
export const weSet = (path: Path, ours: (domain: Domain, dom: Dom) => Promise<unknown>): Step =>
  we(path, async ({ host, dom }) => ours(host.domain, await dom(NAME)));
/** They do. */
export const theySet = (path: Path, theirs: string): Step => they(path, `dom("${NAME}").${theirs}`);

export const readXml = ask('domain.getXmlDesc', (domain, dom) => domain.getXmlDesc({ dom }), 'XMLDesc()');
export const readState = ask('domain.getState', (domain, dom) => domain.getState({ dom }), 'state()');
export const readInfo = ask('domain.getInfo', (domain, dom) => domain.getInfo({ dom }), 'info()');
