package io.understudy.drift;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A migration tool, known by the shape of its history table.
 *
 * @param columns that its table has
 * @param key SQL: what an entry is recognised by on the other side
 * @param label SQL: for people
 * @param state SQL: {@code applied}, {@code failed}, {@code unfinished}, or {@code rolled back}, which is not recorded
 * @param statements SQL: the migration's own text, where the history keeps it
 * @param order SQL: in which order entries were applied
 * @param copied columns that an entry is made of when it is added on the other side
 * @param computed columns that are the other side's own, as SQL; {@code %s} is its table
 * @param current its table holds only the version that is reached
 */
record Tool(
        String name,
        Set<String> columns,
        String key,
        String label,
        String state,
        String statements,
        String order,
        List<String> copied,
        Map<String, String> computed,
        boolean current) {

    private static final String APPLIED = "'applied'";
    private static final String UNKNOWN = "null::text";

    static final Tool SUPABASE = new Tool(
            "Supabase",
            Set.of("version", "statements"),
            "version",
            "concat_ws(' ', version, to_jsonb(h) ->> 'name')",
            APPLIED,
            "array_to_string(statements, e';\\n')",
            "version",
            List.of("version", "statements", "name"),
            Map.of(),
            false);

    static final Tool FLYWAY = new Tool(
            "Flyway",
            Set.of("installed_rank", "version", "description", "type", "script", "checksum", "installed_by", "success"),
            "coalesce(version, script)",
            "script",
            "case when success then 'applied' else 'failed' end",
            UNKNOWN,
            "installed_rank",
            List.of("version", "description", "type", "script", "checksum", "execution_time", "success"),
            Map.of(
                    "installed_rank", "(select coalesce(max(installed_rank), 0) + 1 from %s)",
                    "installed_by", "current_user",
                    "installed_on", "now()"),
            false);

    static final Tool LIQUIBASE = new Tool(
            "Liquibase",
            Set.of("id", "author", "filename", "md5sum", "orderexecuted", "exectype", "dateexecuted"),
            "concat_ws('::', filename, id, author)",
            "concat_ws('::', filename, id, author)",
            "case when exectype = 'FAILED' then 'failed' else 'applied' end",
            UNKNOWN,
            "orderexecuted",
            List.of("id", "author", "filename", "exectype", "md5sum", "description", "comments", "liquibase"),
            Map.of("dateexecuted", "now()", "orderexecuted", "(select coalesce(max(orderexecuted), 0) + 1 from %s)"),
            false);

    static final Tool GOLANG_MIGRATE = new Tool(
            "golang-migrate",
            Set.of("version", "dirty"),
            "version::text",
            "version::text",
            "case when dirty then 'failed' else 'applied' end",
            UNKNOWN,
            "version",
            List.of("version", "dirty"),
            Map.of(),
            true);

    static final Tool RAILS = new Tool(
            "Rails",
            Set.of("version"),
            "version",
            "version",
            APPLIED,
            UNKNOWN,
            "version",
            List.of("version"),
            Map.of(),
            false);

    static final Tool DJANGO = new Tool(
            "Django",
            Set.of("app", "name", "applied"),
            "app || '.' || name",
            "app || '.' || name",
            APPLIED,
            UNKNOWN,
            "applied",
            List.of("app", "name", "applied"),
            Map.of(),
            false);

    static final Tool ALEMBIC = new Tool(
            "Alembic",
            Set.of("version_num"),
            "version_num",
            "version_num",
            APPLIED,
            UNKNOWN,
            "version_num",
            List.of("version_num"),
            Map.of(),
            true);

    static final Tool PRISMA = new Tool(
            "Prisma",
            Set.of("migration_name", "finished_at", "rolled_back_at", "checksum", "started_at"),
            "migration_name",
            "migration_name",
            "case when rolled_back_at is not null then 'rolled back' when finished_at is null then 'unfinished'"
                    + " else 'applied' end",
            UNKNOWN,
            "started_at",
            List.of("checksum", "finished_at", "migration_name", "started_at", "applied_steps_count"),
            Map.of("id", "gen_random_uuid()::text"),
            false);

    static final Tool KNEX = new Tool(
            "Knex",
            Set.of("name", "batch", "migration_time"),
            "name",
            "name",
            APPLIED,
            UNKNOWN,
            "id",
            List.of("name", "batch", "migration_time"),
            Map.of(),
            false);

    static final Tool SQLX = new Tool(
            "sqlx",
            Set.of("version", "description", "success", "checksum"),
            "version::text",
            "version || ' ' || description",
            "case when success then 'applied' else 'failed' end",
            UNKNOWN,
            "version",
            List.of("version", "description", "success", "checksum", "execution_time"),
            Map.of(),
            false);

    static final Tool DRIZZLE = new Tool(
            "Drizzle",
            Set.of("hash", "created_at"),
            "hash",
            "created_at || ' ' || left(hash, 12)",
            APPLIED,
            UNKNOWN,
            "created_at",
            List.of("hash", "created_at"),
            Map.of(),
            false);

    /** The shapes that say most come first: Rails' table is one column that many others have. */
    static final List<Tool> ALL =
            List.of(SUPABASE, FLYWAY, LIQUIBASE, PRISMA, SQLX, GOLANG_MIGRATE, KNEX, DJANGO, DRIZZLE, ALEMBIC, RAILS);
}
