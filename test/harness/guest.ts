import type { CallOptions, Hypervisor } from '@diecast/hypervisor';
import { until } from './until.js';

/**
 * What a program in the machine prints. An operation ends without asking the guest agent, which is connected only a moment
 * after its machine has started, woken up, or come from another host.
 */
export async function runInGuest(
  { guests }: Pick<Hypervisor, 'guests'>,
  instanceId: string,
  argv: readonly string[],
  options: CallOptions = {},
): Promise<string> {
  await until(async () => ((await guests.pingAgent(instanceId)) ? true : undefined), { everyMs: 100 });
  const { stdout, stderr } = await guests.execInGuest(instanceId, argv, options);
  return stdout + stderr;
}
