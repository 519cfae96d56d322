import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { connectRedis, openQueue, OPERATIONS_QUEUE, type OperationJob } from '@diecast/queue';
import { crashDaemon, setLink, setPower } from '../../apps/lab/src/lab.js';
import { SILENCE } from './tempo.js';
import type { Victim } from './victim.js';
import type { World } from './world.js';

/** What befalls the world while the worker stands still at a point. Hosts are struck that the task works on. */
export type Fault = {
  readonly name: string;
  /** With the worker standing; when it resolves, the worker goes on, unless it was killed. */
  strike(world: World, victim: Victim, hosts: readonly string[], operation: string): Promise<void>;
  /** Whether the operation may end otherwise than well, as long as nothing is left. */
  readonly mayFail: boolean;
  /** Machines of the hosts are gone afterwards. */
  readonly takesMachines?: true;
  /** What was broken is made whole, after the worker has gone on for a while. */
  heal?(world: World, hosts: readonly string[]): Promise<void>;
};

const each = async (hosts: readonly string[], act: (host: string) => Promise<void>): Promise<void> => {
  for (const host of hosts) await act(host);
};

const kill: Fault = {
  name: 'kill',
  mayFail: false,
  strike: (_, victim) => victim.kill('SIGKILL'),
};

/** Another worker has long taken over when this one wakes up. */
const stop: Fault = {
  name: 'stop',
  mayFail: false,
  strike: () => sleep(SILENCE.leaseMs * 2),
};

const quiet = { debug: () => {}, info: () => {}, warn: () => {} };
const AGAIN = 5;

/** The same job once more, and once more, for the other worker: while this one holds the operation, and when it goes on. */
const twice: Fault = {
  name: 'twice',
  mayFail: false,
  async strike({ redis: { socketPath } }, _victim, _hosts, operationId) {
    const connection = connectRedis(`unix://${socketPath}`, quiet);
    const queue = openQueue<OperationJob>(connection, OPERATIONS_QUEUE, quiet);
    for (let time = 0; time < AGAIN; time += 1) await queue.add('run', { operationId }, { delay: time * 50 });
    await queue.close();
    await connection.close();
  },
};

const redis: Fault = {
  name: 'redis',
  mayFail: false,
  async strike({ redis: { socketPath } }) {
    const client = new Redis(socketPath);
    await client.flushall();
    client.disconnect();
  },
};

const postgres: Fault = {
  name: 'postgres',
  mayFail: false,
  async strike({ postgres: server }) {
    await server.kill();
    await server.start();
  },
};

const libvirtd: Fault = {
  name: 'libvirtd',
  mayFail: true,
  strike: ({ lab }, _victim, hosts) => each(hosts, (host) => crashDaemon(lab.dir, host)),
};

const cut: Fault = {
  name: 'cut',
  mayFail: true,
  strike: ({ lab }, _victim, hosts) => each(hosts, (host) => setLink(lab.dir, host, 'off')),
  heal: ({ lab }, hosts) => each(hosts, (host) => setLink(lab.dir, host, 'on')),
};

const power: Fault = {
  name: 'power',
  mayFail: true,
  takesMachines: true,
  strike: ({ lab }, _victim, hosts) => each(hosts, (host) => setPower(lab.dir, host, 'off')),
  heal: ({ lab }, hosts) => each(hosts, (host) => setPower(lab.dir, host, 'on')),
};

export const FAULTS: readonly Fault[] = [kill, stop, twice, redis, postgres, libvirtd, cut, power];
