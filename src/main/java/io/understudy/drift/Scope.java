package io.understudy.drift;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which schemas are compared: all but the system's, our own, and those that a hosting provider brings along and changes
 * by itself.
 *
 * @param leftOut why others are not, in sentences
 */
record Scope(Set<String> schemas, List<String> leftOut) {

    private static final String OURS = "understudy";

    /** Of Supabase, Neon, Google, Azure, Heroku, Hasura and TimescaleDB. */
    private static final Set<String> PROVIDERS = Set.of(
            "auth",
            "storage",
            "realtime",
            "_realtime",
            "_analytics",
            "supabase_functions",
            "graphql",
            "graphql_public",
            "vault",
            "pgsodium",
            "pgsodium_masks",
            "pgbouncer",
            "extensions",
            "net",
            "cron",
            "neon",
            "neon_auth",
            "google_vacuum_mgmt",
            "azure",
            "azure_sys",
            "heroku_ext",
            "hdb_catalog",
            "_timescaledb_catalog",
            "_timescaledb_internal",
            "_timescaledb_config",
            "_timescaledb_cache",
            "timescaledb_information",
            "timescaledb_experimental");

    /** @param asked these and no others, when there are any */
    static Scope of(Set<String> source, Set<String> target, Collection<String> asked) {
        Set<String> all = new TreeSet<>(source);
        all.addAll(target);
        List<String> leftOut = new ArrayList<>();
        if (!asked.isEmpty()) {
            leftOut.add(
                    "All schemas but " + String.join(", ", asked) + ", and extensions and publications (--schema).");
            return new Scope(new TreeSet<>(asked), leftOut);
        }
        all.remove(OURS);
        Set<String> provided = all.stream().filter(PROVIDERS::contains).collect(Collectors.toCollection(TreeSet::new));
        if (!provided.isEmpty()) {
            leftOut.add("Schemas of the hosting provider: " + String.join(", ", provided)
                    + " (compare one with --schema).");
        }
        all.removeAll(provided);
        return new Scope(all, leftOut);
    }
}
