import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import {
  Libvirt,
  type CallOptions,
  type CallStream,
  type Procedure,
  type StreamProcedure,
} from '@diecast/node-libvirt';
import { startLibvirtd, type TestLibvirtd } from '../../../harness/libvirtd.js';

/** A client that remembers which procedures were answered with a result. */
export class Recorder extends Libvirt {
  constructor(
    uri: string,
    private readonly answered: Set<string>,
  ) {
    super(uri);
  }

  override async call<A, R>(procedure: Procedure<A, R>, args: A, options?: CallOptions): Promise<R> {
    const result = await super.call(procedure, args, options);
    this.answered.add(procedure.name);
    return result;
  }

  override async openStream<A, R>(
    procedure: StreamProcedure<A, R>,
    args: A,
    options?: CallOptions,
  ): Promise<CallStream<R>> {
    const stream = await super.openStream(procedure, args, options);
    this.answered.add(procedure.name);
    return stream;
  }
}

/** Stands before the program of this name: the machine ends with its daemon, unless that is wanted back. */
const COMES_BACK =
  'libvirtd() { command libvirtd "$@"; while rm $DIR/run/restart; do command libvirtd "$@"; done; }';

/** One libvirtd and clients of its drivers. All connections of the test driver see the same objects while one is open. */
export class World {
  /** Names of the procedures that the test driver answered. */
  readonly answered = new Set<string>();
  private started: TestLibvirtd | undefined;
  private testDriver: Recorder | undefined;
  private readonly drivers = new Map<string, Libvirt>();

  async start(): Promise<void> {
    this.started = await startLibvirtd({ before: [COMES_BACK] });
    this.testDriver = new Recorder(this.uri('test', '/default'), this.answered);
  }

  async stop(): Promise<void> {
    this.testDriver?.close();
    for (const client of this.drivers.values()) client.close();
    await this.started?.stop();
  }

  /** Ends the daemon as systemd would, and starts another in its place. */
  async restart(): Promise<void> {
    await this.daemon.exec('sh', '-c', `touch ${this.file('run/restart')} && pkill -TERM -x libvirtd`);
  }

  get daemon(): TestLibvirtd {
    if (this.started === undefined) throw new Error('the daemon has not been started');
    return this.started;
  }
  /** test:///default */
  get host(): Recorder {
    if (this.testDriver === undefined) throw new Error('the daemon has not been started');
    return this.testDriver;
  }
  /** What the daemon offers without a hypervisor: networks, secrets, devices of the machine. */
  driver(name: 'interface' | 'network' | 'nodedev' | 'nwfilter' | 'secret' | 'storage'): Libvirt {
    const client = this.drivers.get(name) ?? new Libvirt(this.uri(name, '/system'));
    this.drivers.set(name, client);
    return client;
  }
  uri(driver: string, path: string): string {
    return `${driver}+unix://${path}?socket=${this.daemon.socket}`;
  }
  /** A file that the daemon and the test call by the same name. */
  file(name: string): string {
    return join(this.daemon.dir, name);
  }
}

/** Started before the tests that are declared after this, ended when all are over. */
export function useWorld(): World {
  const world = new World();
  beforeAll(() => world.start(), 60_000);
  afterAll(() => world.stop(), 60_000);
  return world;
}
