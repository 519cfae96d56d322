import type { Selectable } from 'kysely';
import { AppError, type HostFile } from '@diecast/model';
import type { HostFileTable } from '../database/schema.js';
import type { Session } from '../database/session.js';
import type { HostFileQueries } from '../store.js';

const toHostFile = (row: Selectable<HostFileTable>): HostFile => ({
  host: row.host,
  name: row.name,
  kind: row.kind,
  state: row.state,
  sizeBytes: row.size_bytes,
  bytesDone: row.bytes_done,
  backing: row.backing,
  owner: row.owner,
});

type FileChange = Partial<Pick<HostFileTable, 'state' | 'size_bytes' | 'backing' | 'owner'>> & {
  readonly bytes_done?: number;
};

export function hostFileQueries(session: Session): HostFileQueries {
  const files = () => session.db.selectFrom('host_files').selectAll().orderBy('host').orderBy('name');

  const update = (host: string, name: string, to: FileChange): Promise<void> =>
    session.change(async (change) => {
      const result = await change.db
        .updateTable('host_files')
        .set(to)
        .where('host', '=', host)
        .where('name', '=', name)
        .executeTakeFirst();
      if (result.numUpdatedRows === 0n) {
        throw new AppError('not_found', `There is no file ${name} on host ${host} in the store.`);
      }
    });

  return {
    async find(host, name) {
      const row = await files().where('host', '=', host).where('name', '=', name).executeTakeFirst();
      return row && toHostFile(row);
    },
    async onHost(host) {
      return (await files().where('host', '=', host).execute()).map(toHostFile);
    },
    async byOwner(owner) {
      return (await files().where('owner', '=', owner).execute()).map(toHostFile);
    },
    async dependants(host, name) {
      return (await files().where('host', '=', host).where('backing', '=', name).execute()).map(toHostFile);
    },
    begin: (file) =>
      session.change(async (change) => {
        // The update changes nothing; it makes the row that is there come back, also when another has just made it.
        const row = await change.db
          .insertInto('host_files')
          .values({
            host: file.host,
            name: file.name,
            kind: file.kind,
            state: 'writing',
            size_bytes: file.sizeBytes,
            backing: file.backing,
            owner: file.owner,
          })
          .onConflict((conflict) =>
            conflict.columns(['host', 'name']).doUpdateSet((set) => ({ name: set.ref('excluded.name') })),
          )
          .returningAll()
          .executeTakeFirstOrThrow();
        return toHostFile(row);
      }),
    recordProgress: (host, name, bytesDone) => update(host, name, { bytes_done: bytesDone }),
    recordPresent: (host, name, sizeBytes) =>
      update(host, name, { state: 'present', size_bytes: sizeBytes, bytes_done: sizeBytes }),
    recordBacking: (host, name, backing) => update(host, name, { backing }),
    recordOwner: (host, name, owner) => update(host, name, { owner }),
    remove: (host, name) =>
      session.change(async (change) => {
        await change.db.deleteFrom('host_files').where('host', '=', host).where('name', '=', name).execute();
      }),
  };
}
