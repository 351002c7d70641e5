-- Every table has a state of its own: one that waits for somebody, or is copied again, does not stop the others.

alter table understudy.snapshot_table rename to mirrored_table;
alter table understudy.mirrored_table drop constraint snapshot_table_state_check;
update understudy.mirrored_table set state = 'streaming' where state = 'copied';
alter table understudy.mirrored_table
    add constraint mirrored_table_state_check
        check (state in ('waiting', 'copying', 'catching up', 'streaming', 'paused', 'failed')),
    add column since             timestamptz not null default now(),
    add column reason            text,
    add column remedy            text,
    -- The copy's consistent point: what the source committed up to here is in it. Null: never copied.
    add column copied_lsn        pg_lsn,
    -- The source's oid of the table, by which a table that was renamed is known again.
    add column source_relation   bigint      not null default 0,
    -- How the source had it when it was copied or last found to fit; JSON.
    add column source_form       text,
    add column set_aside_changes bigint      not null default 0,
    add column set_aside_bytes   bigint      not null default 0;
update understudy.mirrored_table t
   set copied_lsn = c.consistent_point
  from understudy.checkpoint c
 where c.mirror = t.mirror and t.state = 'streaming';

-- Changes of tables that wait, in the order in which they came. Written in the transaction that moves the checkpoint past
-- them, removed in the transaction that writes their rows.
create table understudy.set_aside (
    mirror            text        not null,
    id                bigint      generated always as identity,
    schema_name       text        not null,
    table_name        text        not null,
    -- Null while the source transaction they belong to is not known to its end.
    commit_lsn        pg_lsn,
    change_count      int         not null,
    bytes             bigint      not null,
    changes           text        not null,
    primary key (mirror, schema_name, table_name, id)
);

-- What was done at the target because the source had done it (understudy.tables.schema-changes=follow).
create table understudy.schema_change (
    id                bigint      generated always as identity primary key,
    mirror            text        not null,
    done_at           timestamptz not null default now(),
    statement         text        not null
);

-- What somebody asked a mirror to do, from any terminal that reaches the target.
create table understudy.control (
    id                bigint      generated always as identity primary key,
    mirror            text        not null,
    command           text        not null check (command in ('resync')),
    schema_name       text        not null,
    table_name        text        not null,
    asked_at          timestamptz not null default now(),
    asked_by          text        not null default session_user,
    taken_at          timestamptz,
    outcome           text
);
create index on understudy.control (mirror) where taken_at is null;
