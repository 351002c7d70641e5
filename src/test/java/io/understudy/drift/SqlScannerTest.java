package io.understudy.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a migration makes, drops and renames, as far as reading it tells. */
class SqlScannerTest {

    private static List<String> acts(String sql) {
        return SqlScanner.scan(sql).acts().stream()
                .map(act -> {
                    Act.Ref ref = act.ref();
                    return act.verb().name().toLowerCase(java.util.Locale.ROOT) + " "
                            + ref.kind().word() + " "
                            + (ref.schema() == null ? "" : ref.schema() + ".")
                            + (ref.table() == null || ref.kind().isRelation() ? "" : ref.table() + ".")
                            + ref.name()
                            + act.to().map(to -> " to " + to).orElse("")
                            + (ref.implied() ? "?" : "");
                })
                .toList();
    }

    @Test
    void readsTables() {
        assertThat(acts("""
                -- create table no (id int);
                /* create table no /* nested */ (id int); */
                CREATE TABLE IF NOT EXISTS Public."Odd ""Name" (
                  id bigserial PRIMARY KEY,
                  "Mixed" numeric(10, 2) DEFAULT 1.5 CHECK ("Mixed" > 0),
                  tags text[] default array['a', 'b;c'],
                  ref int constraint to_other references other (id, x),
                  CONSTRAINT named UNIQUE (id, ref),
                  foreign key (id, ref) references other
                );
                """))
                .containsExactly(
                        "create table public.Odd \"Name",
                        "create column public.Odd \"Name.id",
                        "create constraint public.Odd \"Name.Odd \"Name_pkey?",
                        "create sequence public.Odd \"Name_id_seq?",
                        "create column public.Odd \"Name.Mixed",
                        "create constraint public.Odd \"Name.Odd \"Name_Mixed_check?",
                        "create column public.Odd \"Name.tags",
                        "create column public.Odd \"Name.ref",
                        "create constraint public.Odd \"Name.Odd \"Name_ref_fkey?",
                        "create constraint public.Odd \"Name.to_other",
                        "create constraint public.Odd \"Name.named",
                        "create constraint public.Odd \"Name.Odd \"Name_id_ref_fkey?");
    }

    @Test
    void readsAlterations() {
        assertThat(
                        acts(
                                "alter table only s.t add column if not exists a int, add b text not null, drop column c cascade,"
                                        + " add constraint k check (a in (1, 2)), alter column b set default 'x', drop constraint if exists old;"
                                        + "alter table t rename column a to z; alter table t rename to u; alter type mood rename to feeling"))
                .containsExactly(
                        "create column s.t.a",
                        "create column s.t.b",
                        "drop column s.t.c",
                        "create constraint s.t.k",
                        "drop constraint s.t.old",
                        "rename column t.a to z",
                        "rename table t to u",
                        "rename type mood to feeling",
                        "rename enum mood to feeling");
    }

    @Test
    void readsOtherObjects() {
        assertThat(
                        acts(
                                "create or replace function f(a int) returns int language sql as $body$ create table no (i int); $body$;"
                                        + "create type mood as enum ('a', 'b'); create domain d as int; create unique index concurrently if not exists i on s.t (a);"
                                        + "create index on t (a, b); create materialized view m as select 1; create or replace view v as select 1;"
                                        + "create constraint trigger g after insert on s.t for each row execute function f();"
                                        + "create policy \"Own rows\" on t for select using (true); create schema if not exists s; create sequence q;"
                                        + "create extension if not exists \"uuid-ossp\"; create temp table no (id int); create event trigger no on ddl_command_end;"
                                        + "drop trigger if exists g on s.t; drop table if exists x, s.y cascade; drop function f(int), h"))
                .containsExactly(
                        "create function f",
                        "create enum mood",
                        "create type d",
                        "create index s.t.i",
                        "create index t.t_a_b_idx?",
                        "create materialized view m",
                        "create view v",
                        "create trigger s.t.g",
                        "create policy t.Own rows",
                        "create schema s",
                        "create sequence q",
                        "create extension uuid-ossp",
                        "drop trigger s.t.g",
                        "drop table x",
                        "drop table s.y",
                        "drop function f",
                        "drop function h");
    }

    @Test
    void looksIntoBlocks() {
        assertThat(acts("""
                do $$ begin
                  create type mood as enum ('a');
                exception when duplicate_object then null; end $$;
                DO $x$ BEGIN IF NOT EXISTS (select 1) THEN ALTER TABLE t ADD CONSTRAINT k UNIQUE (a); END IF; END $x$ LANGUAGE plpgsql;
                """)).containsExactly("create enum mood", "create constraint t.k");
    }

    @Test
    void isNotConfusedByTextDataAndBodies() {
        assertThat(
                        acts(
                                "insert into t values (E'it\\'s; create table no (id int);', 'a''; create table no (i int)');"
                                        + "create function g() returns int begin atomic select case when true then 1 else 2 end; select 2; end;"
                                        + "\\connect other\ncopy t (a) from stdin;\ncreate table no (id int);\n\\.\ncreate table yes (id int); select $1; $$open"))
                .containsExactly("create function g", "create table yes", "create column yes.id");
    }
}
