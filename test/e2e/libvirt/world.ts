import { afterAll, beforeAll } from '@jest/globals';
import {
  EVENT_NAMES,
  Libvirt,
  type DomainRef,
  type EventName,
  type HostEvent,
  type PoolRef,
} from '@diecast/node-libvirt';
import { startLab, tinyImage } from '../../harness/lab.js';
import { makeMachineFiles, machineXml, type MachineFiles } from '../../harness/libvirt-machine.js';
import { until } from '../../harness/until.js';

const FOLDER = '/var/lib/diecast/pool';

type Lab = Awaited<ReturnType<typeof startLab>>;

/** Two hosts with QEMU, and one machine that the tests pass on to one another. */
export class DeepWorld {
  dom: DomainRef = { name: '', uuid: '00000000-0000-0000-0000-000000000000', id: -1 };
  private lab: Lab | undefined;
  private made: Made | undefined;
  private readonly over = new AbortController();
  /** What host a has said of its domains, in order. */
  readonly heard: HostEvent[] = [];

  async start(): Promise<void> {
    this.lab = await startLab('libvirt', 2);
    const image = await tinyImage('v1');
    const [a, b] = this.lab.hosts.map(({ uri }) => new Libvirt(uri));
    if (a === undefined || b === undefined) throw new Error('the lab has no two hosts');
    const [{ pool, files }] = await Promise.all(
      [a, b].map((host) => makeMachineFiles(host, FOLDER, image, 'deep')) as [
        ReturnType<typeof makeMachineFiles>,
        ReturnType<typeof makeMachineFiles>,
      ],
    );
    this.made = { a, b, pool, files };
    void this.listen(a);
  }

  async stop(): Promise<void> {
    this.over.abort();
    this.made?.a.close();
    this.made?.b.close();
    await this.lab?.close();
  }

  /** By TLS, as somebody far away. */
  get a(): Libvirt {
    return this.things.a;
  }
  get b(): Libvirt {
    return this.things.b;
  }
  get pool(): PoolRef {
    return this.things.pool;
  }
  get xml(): string {
    return machineXml('deep', '52:54:00:d1:ec:01', this.things.files);
  }
  /** A file of the hosts' pools, by the name that QEMU has for it, and as the test finds it. */
  file(name: string): string {
    return `${FOLDER}/${name}`;
  }
  fromOutside(name: string, host = 0): string {
    return `${this.lab?.hosts[host]?.poolDir}/${name}`;
  }
  /** What a disk of the machine, on host a, is written to. */
  async fileOf(target: string): Promise<string | undefined> {
    const { xml } = await this.a.domain.getXmlDesc({ dom: this.dom });
    const disk = xml.split('<disk ').find((each) => each.includes(`<target dev='${target}'`));
    return /<source file='([^']+)'/.exec(disk ?? '')?.[1];
  }
  /** How we dial a host, and how the other one does. */
  uriOf(host: 0 | 1): string {
    return `${this.lab?.hosts[host]?.uri}`;
  }
  dialled(host: 0 | 1): string {
    return `qemu+tls://${this.lab?.hosts[host]?.address}/system`;
  }

  /** The next event of this kind that `which` accepts, whether it has come already or not; those before are forgotten. */
  async hear<N extends EventName>(
    type: N,
    which: (event: HostEvent<N>) => boolean = () => true,
  ): Promise<HostEvent<N>> {
    const isOne = (event: HostEvent): event is HostEvent & HostEvent<N> => event.type === type;
    const accepts = (event: HostEvent): boolean => isOne(event) && which(event);
    const index = await until(() => {
      const found = this.heard.findIndex(accepts);
      return found < 0 ? undefined : found;
    });
    const event = this.heard.splice(0, index + 1).at(-1);
    if (event === undefined || !isOne(event)) throw new Error(`${type} was heard and is gone`);
    return event;
  }

  /** Until the guest's agent answers, which says that the guest works. */
  async awaken(host = this.a): Promise<void> {
    const cmd = JSON.stringify({ execute: 'guest-ping' });
    await until(
      () => host.qemu.domainAgentCommand({ dom: this.dom, cmd, timeout: 1 }).catch(() => undefined),
      { everyMs: 50, withinMs: 90_000 },
    );
  }

  private get things(): Made {
    if (this.made === undefined) throw new Error('the hosts have not been started');
    return this.made;
  }

  private async listen(host: Libvirt): Promise<void> {
    for await (const event of host.events(EVENT_NAMES, this.over.signal))
      if (event.type !== 'connected' && event.type !== 'gap' && event.type !== 'disconnected')
        this.heard.push(event);
  }
}

type Made = {
  readonly a: Libvirt;
  readonly b: Libvirt;
  readonly pool: PoolRef;
  readonly files: MachineFiles;
};

export function useDeepWorld(): DeepWorld {
  const world = new DeepWorld();
  beforeAll(() => world.start(), 180_000);
  afterAll(() => world.stop(), 60_000);
  return world;
}
