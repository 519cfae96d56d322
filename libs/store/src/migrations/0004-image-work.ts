import type { Migration } from './migration.js';

/** What importing and proving an image need to remember. */
export const imageWork: Migration = {
  name: '0004-image-work',
  statements: [
    // A machine that proves an image has no iteration: the foreign key (MATCH SIMPLE) lets null pass, and only for it.
    `alter table instances alter column iteration drop not null`,
    `alter table instances add constraint instances_have_an_iteration
      check (iteration is not null or service = 'image-proof')`,
    `alter table services add constraint services_keep_off_reserved_names check (name <> 'image-proof')`,
    // Who imports an image now: of several at once, only the last to give up may take away what it has.
    `create table image_imports (
      operation_id uuid primary key references operations (id) on delete cascade,
      digest text not null references images (digest) on delete cascade
    )`,
    `create index image_imports_by_digest on image_imports (digest)`,
  ],
};
