import { v7 as uuidv7 } from 'uuid';
import { canonicalJson, type Rollout, type RolloutNote, type RolloutStage } from '@diecast/model';
import {
  movesRequests,
  sayShares,
  sayStage,
  stageOf,
  type ServicePlan,
  type Verdict,
} from '@diecast/planning';
import type { Store } from '@diecast/store';
import { CREATED_BY } from './deps.js';
import { ignoreConflict } from './ignore-conflict.js';
import type { ServiceSight } from './read-service.js';

/**
 * Does what a plan says, whole or not at all: notes, operations, progress and the end of the rollout are one transaction,
 * so that a crash leaves either the world that was planned for or the one that the plan has made.
 * @returns what was done and why, for the log; undefined when the service was declared anew since it was looked at
 */
export async function applyPlan(
  store: Store,
  sight: ServiceSight,
  plan: ServicePlan,
  now: Date,
): Promise<readonly RolloutNote[] | undefined> {
  const orders = toOrders(plan, now);
  const notes = [
    ...orders.map(({ note }) => note),
    ...turnsOf(sight, plan, now),
    ...newsOf(sight, plan, now),
    ...endOf(plan.verdict, now),
  ];
  const divides = movesRequests(sight.view, plan);
  if (notes.length === 0 && plan.progress === null && !plan.provesGood && !divides) return [];
  return store.transaction(async (tx) => {
    if (!(await isAsSeen(tx, sight))) return undefined;
    for (const order of orders) await order.carryOut(tx, sight);
    await tellNotes(tx, sight, notes);
    if (divides) await tx.services.setShares(sight.service.name, plan.shares);
    if (plan.provesGood) await tx.services.markKnownGood(sight.service.name, sight.service.iteration, now);
    if (sight.rollout !== undefined) {
      const { service, number } = sight.rollout;
      if (plan.progress !== null) await tx.rollouts.recordProgress(service, number, plan.progress);
      if (plan.stage !== null && !isAt(sight.rollout, plan.stage))
        await tx.rollouts.recordStage(service, number, plan.stage);
      await endRollout(tx, service, number, plan.verdict);
    }
    return notes;
  });
}

/** An action, its note, and how it is done. */
type Order = {
  readonly note: RolloutNote;
  readonly carryOut: (tx: Store, sight: ServiceSight) => Promise<void>;
};

function toOrders(plan: ServicePlan, now: Date): readonly Order[] {
  const note = (action: string, instanceId: string, reason: string): RolloutNote => ({
    at: now.toISOString(),
    action,
    instanceId,
    reason,
  });
  const deeds = [
    // First: those who wait for them are people.
    ...plan.resume.map((deed) => ({ ...deed, action: 'resume', kind: 'instance.resume' }) as const),
    ...plan.discontinue.map(
      (deed) => ({ ...deed, action: 'discontinue', kind: 'instance.discontinue' }) as const,
    ),
    ...plan.park.map((deed) => ({ ...deed, action: 'park', kind: 'instance.park' }) as const),
  ];
  return [
    ...plan.fail.map(({ instanceId, reason }) => ({
      note: note('fail', instanceId, reason),
      carryOut: async (tx: Store) => {
        await tx.instances.setStatus(instanceId, 'failed', reason);
      },
    })),
    ...plan.callOff.map(({ instanceId, reason }) => ({
      note: note('callOff', instanceId, reason),
      carryOut: (tx: Store, { makers }: ServiceSight) => callOff(tx, makers.get(instanceId)),
    })),
    ...deeds.map(({ action, kind, instanceId, reason }) => ({
      note: note(action, instanceId, reason),
      carryOut: (tx: Store, { service }: ServiceSight) => start(tx, kind, service.name, instanceId),
    })),
    ...plan.cast.map(({ iteration, reason }) => {
      const instanceId = uuidv7();
      return {
        note: note('cast', instanceId, reason),
        carryOut: (tx: Store, { service }: ServiceSight) => cast(tx, service.name, iteration, instanceId),
      };
    }),
  ];
}

/** A stage that begins, and requests that go elsewhere. */
function turnsOf({ view, rollout }: ServiceSight, plan: ServicePlan, now: Date): readonly RolloutNote[] {
  if (rollout === undefined) return [];
  const at = now.toISOString();
  const { stage, shares } = plan;
  const begins = stage !== null && !isAt(rollout, stage) && stage.name !== 'cast';
  return [
    ...(begins ? [{ at, action: 'stage', reason: sayStage(stage, view.service) }] : []),
    ...(movesRequests(view, plan) ? [{ at, action: 'divide', reason: sayShares(shares) }] : []),
  ];
}

const isAt = (rollout: Rollout, stage: RolloutStage): boolean =>
  canonicalJson(stageOf(rollout)) === canonicalJson(stage);

/** Waiting is said once: when it begins, and again when something was done in between. */
function newsOf({ rollout }: ServiceSight, plan: ServicePlan, now: Date): readonly RolloutNote[] {
  if (rollout === undefined) return [];
  const { notes } = rollout;
  const said = notes.slice(notes.findLastIndex(({ action }) => action !== 'wait') + 1);
  return plan.wait
    .filter(
      (wait) =>
        !said.some(({ reason, instanceId }) => reason === wait.reason && instanceId === wait.instanceId),
    )
    .map((wait) => ({ at: now.toISOString(), action: 'wait', ...wait }));
}

function endOf(verdict: Verdict, now: Date): readonly RolloutNote[] {
  const at = now.toISOString();
  if (verdict.outcome === 'continue') return [];
  if (verdict.outcome === 'succeeded')
    return [{ at, action: 'succeeded', reason: 'all machines are available, and none is left over' }];
  return [{ at, action: verdict.outcome, reason: verdict.reason }];
}

/** A declaration may have come since; what was planned for the one before is then planned anew. */
async function isAsSeen(tx: Store, { service, rollout }: ServiceSight): Promise<boolean> {
  const [now, running] = [await tx.services.find(service.name), await tx.rollouts.running(service.name)];
  return (
    now?.status === service.status &&
    now.updatedAt.getTime() === service.updatedAt.getTime() &&
    running?.number === rollout?.number
  );
}

/** Outside of a rollout there is no list to note it in, so the event itself is the record. */
async function tellNotes(
  tx: Store,
  { service, rollout }: ServiceSight,
  notes: readonly RolloutNote[],
): Promise<void> {
  if (rollout !== undefined) return tx.rollouts.addNotes(service.name, rollout.number, notes);
  for (const note of notes)
    await tx.events.append({
      type: 'service.note',
      resource: { type: 'service', id: service.name },
      data: { service: service.name, ...note },
    });
}

async function endRollout(tx: Store, service: string, number: number, verdict: Verdict): Promise<void> {
  if (verdict.outcome === 'succeeded') await tx.rollouts.finish(service, number, 'succeeded', null);
  if (verdict.outcome === 'failed') await tx.rollouts.finish(service, number, 'failed', verdict.reason);
  if (verdict.outcome === 'rollBack') {
    await tx.rollouts.finish(service, number, 'rolledBack', verdict.reason);
    await tx.services.rollBack(service, verdict.to, 'automaticRollback', CREATED_BY);
  }
}

async function cast(tx: Store, service: string, iteration: number, instanceId: string): Promise<void> {
  await tx.operations.insert({
    kind: 'instance.create',
    input: { instanceId, service, iteration, host: null },
    resources: [
      { type: 'instance', id: instanceId },
      { type: 'service', id: service },
    ],
    createdBy: CREATED_BY,
  });
}

async function start(
  tx: Store,
  kind: 'instance.discontinue' | 'instance.park' | 'instance.resume',
  service: string,
  instanceId: string,
): Promise<void> {
  await tx.operations.insert({
    kind,
    input: { instanceId },
    resources: [
      { type: 'instance', id: instanceId },
      { type: 'service', id: service },
    ],
    createdBy: CREATED_BY,
  });
}

/** What has ended or passed its pivot since we looked is dealt with at the next look. */
async function callOff(tx: Store, operationId: string | undefined): Promise<void> {
  if (operationId === undefined) return;
  await tx.operations.requestCancel(operationId).catch(ignoreConflict);
}
