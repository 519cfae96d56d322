import { AppError, type AgentCheck, type ErrorCode, type HealthSpec } from '@diecast/model';
import type { Hypervisor } from '@diecast/hypervisor';
import type { HealthLook } from './services.js';

type Spec = AgentCheck & Pick<HealthSpec, 'timeoutSeconds'>;

/** Characters of its output that are told. */
const MOST_SAID = 200;
/** That the guest could not do it, and not that its host could not be asked. */
const OF_THE_GUEST: ReadonlySet<ErrorCode> = new Set(['deadline', 'hypervisor_failed', 'busy']);

/**
 * One look at a machine through its guest agent.
 * @returns undefined when no agent answers: for a moment after a start or a move none does
 * @throws AppError when the host cannot be asked, or has no such machine
 */
export async function askAgent(
  { guests }: Pick<Hypervisor, 'guests'>,
  instanceId: string,
  { command, timeoutSeconds }: Spec,
  signal: AbortSignal,
): Promise<HealthLook | undefined> {
  if (command === undefined)
    return (await guests.pingAgent(instanceId, { signal }))
      ? { passed: true, seen: 'the guest agent answers' }
      : undefined;
  const [program] = command;
  try {
    const limits = { signal, deadlineMs: timeoutSeconds * 1000 };
    const { exitCode, stdout, stderr } = await guests.execInGuest(instanceId, command, limits);
    if (exitCode === 0) return { passed: true, seen: `${program} ended with 0` };
    return { passed: false, seen: `${program} ended with ${exitCode}${saying(stderr || stdout)}` };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'unavailable') return undefined;
    if (!OF_THE_GUEST.has(error.code)) throw error;
    return { passed: false, seen: error.message };
  }
}

/** The end of what it has said, in one line: there programs say what went wrong. */
function saying(output: string): string {
  const line = output.trim().replaceAll(/\s+/g, ' ').slice(-MOST_SAID);
  return line === '' ? '' : `: ${line}`;
}
