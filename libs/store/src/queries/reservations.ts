import { sql, type Kysely } from 'kysely';
import { AppError, firstFreeAddress, formatBytes, MIB, type HostFacts } from '@diecast/model';
import type { Database } from '../database/schema.js';
import { lockName } from '../database/session.js';
import type { InstanceQueries } from '../store.js';

type Reservation = Parameters<InstanceQueries['reserve']>[0];

/** Holds the host's row until the commit, so that two reservations never count on the same free memory. */
export async function takeMemory(
  db: Kysely<Database>,
  wanted: Pick<Reservation, 'host' | 'memoryMiB'>,
): Promise<void> {
  const host = await db
    .selectFrom('hosts')
    .select('facts')
    .where('name', '=', wanted.host)
    .forUpdate()
    .executeTakeFirst();
  if (!host) throw new AppError('not_found', `There is no host ${wanted.host}.`);
  const facts = host.facts as HostFacts | null;
  if (facts === null) return;
  const taken = await db
    .selectFrom('instances')
    .select(sql<number>`coalesce(sum(memory_mib), 0)::int`.as('memory'))
    .where((of) => of.or([of('host', '=', wanted.host), of('moving_to', '=', wanted.host)]))
    .where('reserved', '=', true)
    .executeTakeFirstOrThrow();
  const freeBytes = facts.memoryBytes - taken.memory * MIB;
  if (wanted.memoryMiB * MIB <= freeBytes) return;
  throw new AppError(
    'no_capacity',
    `Host ${wanted.host} has ${formatBytes(Math.max(0, freeBytes))} of memory left, ${wanted.memoryMiB} MiB are needed.`,
    { details: { host: wanted.host, freeBytes, neededBytes: wanted.memoryMiB * MIB } },
  );
}

/** Holds the network's name until the commit, so that two at once get two addresses. */
export async function takeAddress(
  db: Kysely<Database>,
  range: NonNullable<Reservation['range']>,
): Promise<string> {
  await lockName(db, `network:${range.network}`);
  const rows = await db
    .selectFrom('instances')
    .select('address')
    .where('network', '=', range.network)
    .where('reserved', '=', true)
    .where('address', 'is not', null)
    .execute();
  const address = firstFreeAddress(range, new Set(rows.map((row) => row.address ?? '')));
  if (address !== undefined) return address;
  throw new AppError(
    'no_address',
    `All addresses from ${range.rangeStart} to ${range.rangeEnd} on ${range.network} are taken.`,
    { details: { ...range, taken: rows.length } },
  );
}
