package io.understudy.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Objects of both catalogs: what differs, on which side, and how it is mended. */
class CatalogDriftIT {

    /** One of every kind, with names as people make them. */
    private static final String[] EVERYTHING = {
        "create schema sales",
        "create schema \"Odd schema\"",
        "create extension tablefunc",
        "create type sales.mood as enum ('sad', 'it''s ok', 'happy')",
        "create domain sales.percent as numeric(5, 2) default 0 check (value between 0 and 100)",
        "create type sales.point3 as (x int, \"Y\" numeric(4, 1), z text)",
        "create type sales.span as range (subtype = float8, subtype_diff = float8mi)",
        "create sequence sales.numbers increment 5 start 100 maxvalue 1000000 cycle",
        "create function sales.twice(n int) returns int language sql immutable as 'select n * 2'",
        "create table public.customer (id bigint generated always as identity (start 1000) primary key, name text collate \"C\" not null,"
                + " feeling sales.mood default 'happy', share sales.percent, doubled int generated always as (sales.twice(3)) stored)",
        "create table sales.orders (id serial primary key, number int default nextval('sales.numbers') not null,"
                + " customer_id bigint references public.customer, at timestamptz default now(), price numeric(10, 2),"
                + " constraint price_positive check (price > 0), unique (number, customer_id))",
        "create table \"Odd schema\".\"Associated Thread/Conversation\" (\"user\" int, \"It's\" text, primary key (\"user\"))",
        "create table sales.event (id int, at date not null, note text, primary key (id, at)) partition by range (at)",
        "create table sales.event_2024 partition of sales.event for values from ('2024-01-01') to ('2025-01-01')",
        "create table sales.event_rest partition of sales.event default",
        "create index event_note on sales.event (note)",
        "create index orders_at on sales.orders (at desc) where price > 10",
        "create unique index \"Odd Index\" on \"Odd schema\".\"Associated Thread/Conversation\" (lower(\"It's\"))",
        "create view sales.dear as select o.id, c.name from sales.orders o join public.customer c on c.id = o.customer_id"
                + " where o.price > 100",
        "create view sales.short as select id, price from sales.orders",
        "create materialized view sales.totals as select customer_id, sum(price) as total from sales.orders group by 1",
        "create unique index totals_customer on sales.totals (customer_id)",
        "create function sales.orders_of(c public.customer) returns setof sales.orders language sql stable"
                + " as $$select * from sales.orders o where o.customer_id = c.id$$",
        "create function sales.touch() returns trigger language plpgsql as $$begin new.at := now(); return new; end$$",
        "create trigger touch before update on sales.orders for each row execute function sales.touch()",
        "create trigger quiet after insert on sales.event for each row execute function sales.touch()",
        "alter table sales.orders disable trigger touch",
        "create rule keep as on delete to public.customer do instead nothing",
        "alter table sales.orders enable row level security",
        "create policy own on sales.orders as restrictive for select to public using (price < 1000)",
        "grant select, update (price) on sales.orders to public",
        "grant usage on schema sales to public",
        "revoke execute on function sales.twice(int) from public",
        "create publication elsewhere for table sales.orders, public.customer with (publish = 'insert, update')"
    };

    private DriftPair pair;

    @BeforeEach
    void databases() {
        pair = new DriftPair();
    }

    @AfterEach
    void close() throws SQLException {
        pair.close();
    }

    @Test
    void findsNothingInDatabasesThatAreTheSame() {
        assertThat(pair.both(EVERYTHING).found()).isEmpty();
    }

    @Test
    void mirrorsOwnObjectsAreNoDifference() {
        pair.both("create table t (id int primary key)");
        pair.databases.adopt();
        pair.source("create publication " + pair.databases.name() + " for table t");
        assertThat(pair.found()).isEmpty();
    }

    @Test
    void planMakesEverythingInAnEmptyDatabase() {
        List<String> found = pair.source(EVERYTHING).found();
        assertThat(found)
                .allSatisfy(line -> assertThat(line).startsWith("source ahead "))
                .contains(
                        "source ahead schema Odd schema",
                        "source ahead extension tablefunc",
                        "source ahead enum sales.mood",
                        "source ahead type sales.percent",
                        "source ahead sequence sales.numbers",
                        "source ahead function sales.twice(integer)",
                        "source ahead table Odd schema.Associated Thread/Conversation",
                        "source ahead table sales.event_2024",
                        "source ahead view sales.dear",
                        "source ahead materialized view sales.totals",
                        "source ahead publication elsewhere")
                .noneMatch(line -> line.contains(" column ") || line.contains(" constraint "));
        pair.repair();
        assertThat(pair.found()).isEmpty();
    }

    @Test
    void planAddsWhatTablesLack() {
        pair.both(
                "create type mood as enum ('b', 'd')",
                "create table customer (id int primary key)",
                "create table orders (id int, customer_id int, price int)",
                "insert into customer values (1)",
                "insert into orders values (1, 1, 5)");
        pair.source(
                "alter type mood add value 'a' before 'b'",
                "alter type mood add value 'c' after 'b'",
                "alter type mood add value 'e' after 'd'",
                "alter table orders add primary key (id)",
                "alter table orders add constraint to_customer foreign key (customer_id) references customer",
                "alter table orders add constraint cheap check (price < 100)",
                "alter table orders add column feeling mood default 'c' not null",
                "alter table orders alter column price set default 7",
                "alter table orders alter column price set not null",
                "create index on orders (price)",
                "alter table orders enable row level security",
                "alter table orders force row level security",
                "create policy \"Odd policy\" on orders using (price > 1)",
                "grant insert, select on orders to public");
        assertThat(pair.found())
                .contains(
                        "source ahead enum public.mood",
                        "source ahead column public.orders.feeling",
                        "source ahead column public.orders.price",
                        "source ahead constraint public.orders: to_customer",
                        "source ahead constraint public.orders: cheap",
                        "source ahead index public.orders: orders_price_idx",
                        "source ahead row security public.orders: row security",
                        "source ahead policy public.orders: Odd policy",
                        "source ahead privilege public.orders: table to public");
        Difference labels = pair.only("public.mood");
        assertThat(labels.source()).contains("'a', 'c', 'e'");
        assertThat(labels.mayPause()).isTrue();
        pair.repair();
        assertThat(pair.found()).isEmpty();
        assertThat(pair.databases.target().value("select enum_range(null::mood)::text"))
                .isEqualTo("{a,b,c,d,e}");
        assertThat(pair.databases.target().value("select count(*) || ' ' || min(feeling::text) from orders"))
                .isEqualTo("1 c");
    }

    @Test
    void planRemovesAndRewritesNothing() {
        pair.both("create table t (id int primary key, note varchar(20) default 'x', gone int)");
        pair.source(
                "alter table t alter column note type text",
                "alter table t alter column note drop default",
                "alter table t drop column gone",
                "create function f() returns int language sql as 'select 1'");
        pair.target(
                "create index extra on t (note)",
                "create view v as select 1 as one",
                "create function f() returns int language sql as 'select 2'");
        DriftReport report = pair.report();
        assertThat(report.plan().size()).isZero();
        assertThat(report.plan().text().lines())
                .allSatisfy(line -> assertThat(line).startsWith("--"));
        assertThat(report.plan().text())
                .contains("column public.t.gone")
                .contains("index public.t: extra")
                .contains("view public.v")
                .contains("function public.f()")
                .contains("Nothing is removed");
    }

    @Test
    void tellsHowColumnsDiffer() {
        pair.both("create table t (id int primary key, a int, b int default 1, c text, d int, e int, f int)");
        pair.source(
                "alter table t alter column a type bigint",
                "alter table t alter column b set default 2",
                "alter table t alter column c type text collate \"C\"",
                "alter table t alter column d set not null",
                "alter table t alter column e set not null",
                "alter table t alter column e add generated always as identity",
                "alter table t drop column f",
                "alter table t add column f int generated always as (id + 1) stored");
        pair.target("alter table t add column g int not null default 3");
        assertThat(pair.found())
                .containsExactly(
                        "source ahead column public.t.a",
                        "source ahead column public.t.b",
                        "source ahead column public.t.c",
                        "source ahead column public.t.d",
                        "source ahead column public.t.e",
                        "source ahead column public.t.f",
                        "target ahead column public.t.g");
        assertThat(pair.only("public.t.a").source()).contains("type bigint");
        assertThat(pair.only("public.t.a").target()).contains("type integer");
        assertThat(pair.only("public.t.a").mayPause()).isTrue();
        assertThat(pair.only("public.t.b").source()).contains("default 2");
        assertThat(pair.only("public.t.c").source()).contains("collation pg_catalog.\"C\"");
        assertThat(pair.only("public.t.d").target()).contains("nullable null");
        assertThat(pair.only("public.t.d").mayPause()).isFalse();
        assertThat(pair.only("public.t.e").source())
                .hasValueSatisfying(text -> assertThat(text).contains("identity always"));
        assertThat(pair.only("public.t.f").source()).contains("generated (id + 1) stored");
        assertThat(pair.only("public.t.g").mayPause()).isFalse();
        assertThat(pair.only("public.t.g").source()).isEmpty();
    }

    @Test
    void tellsChangedDefinitions() {
        pair.both(
                "create table t (id int primary key, n int, constraint low check (n < 10))",
                "create sequence s",
                "create function f() returns trigger language plpgsql as 'begin return new; end'",
                "create trigger g before insert on t for each row execute function f()",
                "create view v as select id from t",
                "create index i on t (n)",
                "alter table t enable row level security",
                "create policy p on t using (n > 1)",
                "create publication pub for table t");
        pair.target(
                "alter table t drop constraint low",
                "alter table t add constraint low check (n < 5)",
                "alter sequence s increment 2",
                "create or replace function f() returns trigger language plpgsql as 'begin return old; end'",
                "alter table t enable always trigger g",
                "create or replace view v as select id from t where n > 0",
                "drop index i",
                "create unique index i on t (n)",
                "drop policy p on t",
                "create policy p on t using (n > 2)",
                "alter publication pub set (publish = 'insert')",
                "alter table t add constraint more check (n <> 7) not valid");
        assertThat(pair.found())
                .containsExactlyInAnyOrder(
                        "source ahead constraint public.t: low",
                        "source ahead sequence public.s",
                        "source ahead function public.f()",
                        "source ahead trigger public.t: g",
                        "source ahead view public.v",
                        "source ahead index public.t: i",
                        "source ahead policy public.t: p",
                        "source ahead publication pub",
                        "target ahead constraint public.t: more");
        assertThat(pair.only("public.t: low").mayPause()).isTrue();
        assertThat(pair.only("public.t: i").mayPause()).isTrue();
        assertThat(pair.only("public.t: g").mayPause()).isTrue();
        assertThat(pair.only("public.v").mayPause()).isFalse();
    }

    @Test
    void sameConstraintUnderAnotherNameIsNotAddedAgain() {
        pair.source("create table t (id int constraint a primary key, n int)", "create index x on t (n)");
        pair.target("create table t (id int constraint b primary key, n int)", "create index y on t (n)");
        assertThat(pair.found())
                .containsExactly("source ahead constraint public.t: a", "source ahead index public.t: x");
        assertThat(pair.only("public.t: a").target()).contains("named b");
        assertThat(pair.report().plan().size()).isZero();
    }

    @Test
    void validatesWhatTheTargetHasNotValidated() {
        pair.both("create table t (n int)");
        pair.source("alter table t add constraint low check (n < 10)");
        pair.target("alter table t add constraint low check (n < 10) not valid");
        assertThat(pair.found()).containsExactly("source ahead constraint public.t: low");
        pair.repair();
        assertThat(pair.found()).isEmpty();
    }

    @Test
    void comparesSchemasOfTheProviderOnRequest() {
        pair.both("create schema auth", "create schema app").source("create table auth.users (id int)");
        assertThat(pair.found()).isEmpty();
        assertThat(pair.report().leftOut()).anyMatch(line -> line.contains("auth"));
        assertThat(pair.schemas("auth").found()).containsExactly("source ahead table auth.users");
    }

    @Test
    void tellsVersionsOfExtensions() {
        pair.source("create extension pg_stat_statements version '1.4'")
                .target("create extension pg_stat_statements version '1.5'");
        assertThat(pair.found()).containsExactly("source ahead extension pg_stat_statements");
        assertThat(pair.only("pg_stat_statements").source()).contains("version 1.4");
        assertThat(pair.only("pg_stat_statements").target()).contains("version 1.5");
        assertThat(pair.report().plan().size()).isZero();
    }

    @Test
    void rolesOfOneServerAreLeftOut() {
        String role = pair.databases.name() + "_role";
        pair.both("create table t (id int)").source("create role " + role, "grant select on t to " + role);
        try {
            assertThat(pair.found()).isEmpty();
            assertThat(pair.report().leftOut()).anyMatch(line -> line.contains(role));
        } finally {
            pair.source("drop owned by " + role, "drop role " + role);
        }
    }
}
