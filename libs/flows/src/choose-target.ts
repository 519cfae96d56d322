import { AppError, type ErrorCode, type Host, type Instance, type IterationSpec } from '@diecast/model';
import { chooseHost } from './choose-host.js';
import type { FlowServices } from './services.js';

type Needs = Pick<FlowServices, 'store' | 'hypervisors'>;

/** Why a machine of the source cannot run on the target; undefined when it can. */
async function reasonAgainst(
  { hypervisors }: Needs,
  source: Host,
  target: Host,
  instanceId: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const accelerator = target.facts?.accelerator ?? 'tcg';
  const present = source.facts?.accelerator ?? 'tcg';
  if (present !== accelerator)
    return `host ${target.name} runs machines by ${accelerator}, and ${source.name} by ${present}`;
  const cpu = await hypervisors.at(source).machines.readMachineCpu(instanceId, { signal });
  if (cpu === undefined) return undefined;
  const verdict = await hypervisors.at(target).machines.compareCpu(cpu, accelerator, { signal });
  return verdict === 'incompatible'
    ? `the CPU of host ${target.name} lacks what the machine uses on ${source.name}`
    : undefined;
}

const codeOf = (error: unknown): ErrorCode | undefined =>
  error instanceof AppError ? error.code : undefined;

/**
 * A host with room that can go on with the machine. When the request names none, the next best is tried.
 * @throws AppError `no_capacity`; `incompatible` when it is the CPU or the accelerator; `host_unreachable` when the one
 *   that was named does not answer
 */
export async function chooseTarget(
  services: Needs,
  instance: Instance & { readonly host: string },
  spec: IterationSpec,
  wish: { readonly host: string | null; readonly diskBytes: number },
  signal: AbortSignal,
): Promise<string> {
  const { store } = services;
  const source = await store.hosts.require(instance.host);
  const refused: { readonly host: string; readonly reason: string }[] = [];
  for (;;) {
    const avoid = [instance.host, ...refused.map(({ host }) => host)];
    const request = { only: wish.host, avoid, diskBytes: wish.diskBytes };
    const host = await chooseHost(store, instance.service, spec, request).catch((error: unknown) => {
      throw refused.length > 0 && codeOf(error) === 'no_capacity'
        ? incompatible(instance.id, refused)
        : error;
    });
    const target = await store.hosts.require(host);
    const against = await reasonAgainst(services, source, target, instance.id, signal).catch(
      (error: unknown) => {
        if (wish.host !== null || codeOf(error) !== 'host_unreachable') throw error;
        return `host ${host} does not answer`;
      },
    );
    if (against === undefined) return host;
    refused.push({ host, reason: against });
    if (wish.host !== null) throw incompatible(instance.id, refused);
  }
}

const incompatible = (
  instanceId: string,
  refused: readonly { readonly host: string; readonly reason: string }[],
): AppError =>
  new AppError(
    'incompatible',
    `Instance ${instanceId} cannot go on elsewhere: ${refused.map(({ reason }) => reason).join('; ')}.`,
    { details: { refused } },
  );
