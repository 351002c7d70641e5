-- What somebody has the command line do to rows of the target: copies of what it takes, and who had what done to which row.

-- 'orphan-…': taken by ./understudy orphans, by the policy of that name. The mirror leaves these alone; what it put there
-- itself ('quarantined', 'emptied') it puts back when the parent arrives.
alter table understudy.quarantine drop constraint quarantine_action_check;
alter table understudy.quarantine add constraint quarantine_action_check check (action in
    ('quarantined', 'emptied', 'orphan-null', 'orphan-assign', 'orphan-quarantine', 'orphan-delete'));

-- One row for each row of a table that was changed. Never removed by the mirror.
create table understudy.audit (
    id                bigint      generated always as identity primary key,
    mirror            text        not null,
    at                timestamptz not null default now(),
    by                text        not null default session_user,
    action            text        not null,
    schema_name       text        not null,
    table_name        text        not null,
    -- As in understudy.quarantine: the values of the key as text, in its order.
    key               jsonb       not null,
    reason            text        not null,
    details           jsonb       not null default '{}'
);
create index on understudy.audit (mirror, schema_name, table_name, at);
