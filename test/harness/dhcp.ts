import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { LabState } from '../../apps/lab/src/lab.js';
import { layOut } from '../../apps/lab/src/layout.js';

/** A DHCP server on the lab's switch that gives addresses of the guests' range, until it is stopped. */
export async function startDhcp({ dir, network }: LabState): Promise<{ stop(): Promise<void> }> {
  const { start, end } = network.guestRange;
  const server = spawn(
    'dnsmasq',
    [
      ...['--no-daemon', '--conf-file=/dev/null', '--port=0', '--leasefile-ro', '--user=root'],
      ...[`--interface=${layOut(dir).rootLink}`, '--bind-interfaces', `--dhcp-range=${start},${end},1h`],
    ],
    { stdio: 'ignore' },
  );
  await once(server, 'spawn');
  return {
    async stop() {
      const gone = once(server, 'exit');
      server.kill('SIGTERM');
      await gone;
    },
  };
}
