-- By what the values of each table were masked, and what was decided on columns since.

-- JSON, by column: the same text for the same pseudonyms. Columns that are as the source has them are not in it.
alter table understudy.mirrored_table add column masks text;

-- Rules that were approved on a running mirror (./understudy masks approve). What is written in the settings comes first.
create table understudy.masking_rule (
    mirror            text        not null,
    schema_name       text        not null,
    table_name        text        not null,
    column_name       text        not null,
    rule              text        not null,
    approved_at       timestamptz not null default now(),
    approved_by       text        not null default session_user,
    primary key (mirror, schema_name, table_name, column_name)
);

-- The condition under which rows of the table are mirrored, as of its copy; null: all of them are.
alter table understudy.mirrored_table add column filter text;

-- The values of columns whose rule changed are written anew.
alter table understudy.mirrored_table drop constraint mirrored_table_state_check;
alter table understudy.mirrored_table
    add constraint mirrored_table_state_check
        check (state in ('waiting', 'copying', 'catching up', 'streaming', 'refreshing', 'paused', 'failed'));
alter table understudy.control drop constraint control_command_check;
alter table understudy.control add constraint control_command_check check (command in ('resync', 'refresh columns'));
