import { AppError, type ErrorCode, type Instance, type IterationSpec } from '@diecast/model';
import { chooseHost } from './choose-host.js';
import type { Ends } from './find-moving-machine.js';
import type { FlowServices } from './services.js';

type Needs = Pick<FlowServices, 'store' | 'hypervisors'>;

/** Why a machine cannot go on at a host, and what to do about it when that is not another host. */
type Refusal = { readonly host: string; readonly reason: string; readonly advice?: string };

const adviceOn = ({ machine }: IterationSpec): string =>
  machine.cpu === 'portable'
    ? 'A machine that is cast anew gets a CPU that all ready hosts offer.'
    : 'Machines of a service that declares its CPU as "portable" get one that all ready hosts offer.';

/** What is against going on at the target with a machine of the source; undefined when nothing is. */
async function refusalOf(
  { hypervisors }: Needs,
  { source, target }: Ends,
  instanceId: string,
  spec: IterationSpec,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const host = target.name;
  const accelerator = target.facts?.accelerator ?? 'tcg';
  const present = source.facts?.accelerator ?? 'tcg';
  if (present !== accelerator)
    return { host, reason: `host ${host} runs machines by ${accelerator}, and ${source.name} by ${present}` };
  const cpu = await hypervisors.at(source).machines.readMachineCpu(instanceId, { signal });
  if (cpu === undefined) return undefined;
  const obstacle = await hypervisors.at(target).machines.findCpuObstacle(cpu, accelerator, { signal });
  if (obstacle === undefined) return undefined;
  const reason = `the CPU of host ${host} lacks what the machine uses on ${source.name} (${obstacle})`;
  return { host, reason, advice: adviceOn(spec) };
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
  const refused: Refusal[] = [];
  for (;;) {
    const avoid = [instance.host, ...refused.map(({ host }) => host)];
    const request = { only: wish.host, avoid, diskBytes: wish.diskBytes };
    const host = await chooseHost(store, instance.service, spec, request).catch((error: unknown) => {
      throw refused.length > 0 && codeOf(error) === 'no_capacity'
        ? incompatible(instance.id, refused)
        : error;
    });
    const target = await store.hosts.require(host);
    const refusal = await refusalOf(services, { source, target }, instance.id, spec, signal).catch(
      (error: unknown) => {
        if (wish.host !== null || codeOf(error) !== 'host_unreachable') throw error;
        return { host, reason: `host ${host} does not answer` };
      },
    );
    if (refusal === undefined) return host;
    refused.push(refusal);
    if (wish.host !== null) throw incompatible(instance.id, refused);
  }
}

function incompatible(instanceId: string, refused: readonly Refusal[]): AppError {
  const reasons = refused.map(({ reason }) => reason).join('; ');
  const advice = [...new Set(refused.flatMap(({ advice: each }) => each ?? []))];
  return new AppError(
    'incompatible',
    [`Instance ${instanceId} cannot go on elsewhere: ${reasons}.`, ...advice].join(' '),
    { details: { refused: refused.map(({ host, reason }) => ({ host, reason })) } },
  );
}
