import type { Client } from '../api/client.js';
import type { RolloutView, ServiceSummaryView } from '../api/views.js';
import { CliError, usageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { age, duration, secondsBetween } from '../render/words.js';
import { defineResource, segment, type Filter } from './resource.js';

const rolloutsOf = (client: Client, service: string): Promise<readonly RolloutView[]> =>
  client.list(`/v1/services/${segment(service)}/rollouts`);

async function listRollouts(client: Client, { service }: Filter): Promise<readonly RolloutView[]> {
  if (service !== undefined) return rolloutsOf(client, service);
  const services = await client.list<ServiceSummaryView>('/v1/services');
  const all = await Promise.all(services.map(({ name }) => rolloutsOf(client, name)));
  return all.flat().toSorted((one, other) => other.startedAt.localeCompare(one.startedAt));
}

/** @throws CliError, ProblemError when there is no such service or rollout */
export async function findRollout(client: Client, service: string, number: number): Promise<RolloutView> {
  const found = (await rolloutsOf(client, service)).find((rollout) => rollout.number === number);
  if (found !== undefined) return found;
  throw new CliError(EXIT.notFound, `Service ${service} has no rollout ${number}.`, [
    `"diecast get rollouts --service ${service}" shows what is there.`,
  ]);
}

/** @throws ProblemError when there is no such service */
export async function newestRollout(client: Client, service: string): Promise<RolloutView | undefined> {
  const path = `/v1/services/${segment(service)}/rollouts`;
  const { items } = await client.get<{ readonly items: readonly RolloutView[] }>(path, { limit: 1 });
  return items[0];
}

/** `web/4`, or `4` of the service that was named. @throws CliError */
function readName(name: string, { service }: Filter): readonly [service: string, number: number] {
  const [, before, digits] = /^(?:(.+)\/)?(\d{1,9})$/.exec(name) ?? [];
  const owner = before ?? service;
  if (owner !== undefined && digits !== undefined) return [owner, Number(digits)];
  throw usageError(`"${name}" names no rollout: say SERVICE/NUMBER, as web/4.`);
}

export const rolloutName = ({ service, number }: Pick<RolloutView, 'service' | 'number'>): string =>
  `${service}/${number}`;

export const ROLLOUTS = defineResource<RolloutView>({
  one: 'rollout',
  many: 'rollouts',
  filters: ['service'],
  columns: [
    { title: 'rollout', cell: rolloutName },
    {
      title: 'iterations',
      cell: ({ fromIteration, toIteration }) => `${fromIteration ?? 'none'} → ${toIteration}`,
    },
    { title: 'because', cell: ({ trigger }) => trigger },
    { title: 'status', cell: ({ status }) => status },
    { title: 'age', cell: ({ startedAt }, now) => age(startedAt, now) },
    {
      title: 'took',
      cell: ({ startedAt, finishedAt }) =>
        finishedAt === null ? null : duration(secondsBetween(startedAt, finishedAt)),
    },
    { title: 'operation', wide: true, cell: ({ operationId }) => operationId },
    { title: 'why', wide: true, cell: ({ statusReason }) => statusReason },
  ],
  list: listRollouts,
  find: (client, name, filter) => findRollout(client, ...readName(name, filter)),
  nameOf: rolloutName,
});
