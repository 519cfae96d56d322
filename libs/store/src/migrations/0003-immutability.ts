import type { Migration } from './migration.js';

/**
 * Immutability lives here, below every program: whoever has the database password can't edit an iteration or a
 * proven image by accident either. SQLSTATE DC001 becomes the AppError `immutable`, DC002 becomes `in_use`.
 */
export const immutability: Migration = {
  name: '0003-immutability',
  statements: [
    `create function refuse_iteration_change() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'UPDATE' then
        raise exception 'Iterations are never deleted.' using errcode = 'DC001';
      end if;
      if (new.service, new.number, new.spec, new.spec_hash, new.image_digest, new.created_at)
        is distinct from (old.service, old.number, old.spec, old.spec_hash, old.image_digest, old.created_at)
      then
        raise exception 'Iteration % of service % is frozen.', old.number, old.service using errcode = 'DC001';
      end if;
      return new;
    end $$`,
    `create trigger iterations_frozen before update or delete on iterations
      for each row execute function refuse_iteration_change()`,
    `create trigger iterations_not_truncated before truncate on iterations
      for each statement execute function refuse_iteration_change()`,

    // An image's identity is its manifest from the first moment; what proved it is frozen once it is proven.
    `create function refuse_image_change() returns trigger language plpgsql as $$
    begin
      if (new.digest, new.name, new.version, new.manifest, new.size_bytes, new.created_at)
        is distinct from (old.digest, old.name, old.version, old.manifest, old.size_bytes, old.created_at)
      then
        raise exception 'Image % is frozen.', old.digest using errcode = 'DC001';
      end if;
      if old.status not in ('importing', 'candidate')
        and (new.signature, new.signature_status, new.evidence)
          is distinct from (old.signature, old.signature_status, old.evidence)
      then
        raise exception 'Image % is %: its signature and evidence are frozen.', old.digest, old.status
          using errcode = 'DC001';
      end if;
      return new;
    end $$`,
    `create trigger images_frozen before update on images
      for each row execute function refuse_image_change()`,
    `create function refuse_used_image_delete() returns trigger language plpgsql as $$
    begin
      if exists (
        select 1 from iterations i join services s on s.name = i.service
        where i.image_digest = old.digest and s.status <> 'deleted'
      ) then
        raise exception 'Image % is in use by a service.', old.digest using errcode = 'DC002';
      end if;
      return old;
    end $$`,
    `create trigger images_in_use before delete on images
      for each row execute function refuse_used_image_delete()`,
  ],
};
