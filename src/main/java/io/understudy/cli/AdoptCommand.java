package io.understudy.cli;

import io.understudy.mirror.Settings;
import io.understudy.mirror.SettingsReader;
import io.understudy.postgres.PostgresClient;
import io.understudy.postgres.SourceDatabase;
import io.understudy.postgres.Sql;
import io.understudy.postgres.TargetDatabase;
import io.understudy.preflight.RefusedException;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.io.Console;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.eclipse.microprofile.config.Config;
import picocli.CommandLine;

@CommandLine.Command(
        name = "adopt",
        mixinStandardHelpOptions = true,
        description = {
            "Marks the target as staging of this source, after showing what it holds.",
            "Nothing is ever written to a database that was not adopted."
        })
final class AdoptCommand implements Callable<Integer> {

    private static final String HOLDINGS = """
            select current_database()::text as database, pg_size_pretty(pg_database_size(current_database())) as size,
                   count(*) filter (where c.relkind in ('r', 'p') and not c.relispartition) as tables,
                   coalesce(sum(greatest(c.reltuples, 0)) filter (where c.relkind = 'r'), 0)::bigint as rows
              from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname not in ('pg_catalog', 'information_schema', 'understudy') and n.nspname !~ '^pg_(toast|temp)'
            """;
    private static final String SESSIONS = """
            select coalesce(usename, '?')::text as role, coalesce(nullif(application_name, ''), '?') as application,
                   coalesce(host(client_addr), 'local') as address, count(*) as sessions
              from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
               and application_name not like 'understudy: %'
             group by 1, 2, 3 order by 4 desc, 1, 2, 3 limit 10
            """;
    private static final String COMMIT_TIMES = "select current_setting('track_commit_timestamp') = 'on' as known";
    private static final String LAST_COMMIT = "select (pg_last_committed_xact()).timestamp::text as at";
    private static final String WRITES = """
            select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint as writes,
                   coalesce((select stats_reset::text from pg_stat_database where datname = current_database()),
                            'its statistics began') as since
              from pg_stat_user_tables where schemaname <> 'understudy'
            """;

    private final Vertx vertx;
    private final Config config;

    @CommandLine.Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    AdoptCommand(Vertx vertx, Config config) {
        this.vertx = vertx;
        this.config = config;
    }

    @Override
    public Integer call() {
        Settings settings = SettingsReader.read(config);
        try (Databases databases = Databases.open(vertx, settings)) {
            SourceDatabase source = databases.source();
            TargetDatabase target = databases.target();
            if (target.isSameDatabaseAs(source)) {
                throw RefusedException.because(
                        "The source and the target are the same database ("
                                + source.url().place() + ").",
                        "Give two different databases in understudy.source.url and understudy.target.url.");
            }
            refuseIfSwapped(source, target);
            if (!target.hasOurSchema() && !target.mayCreateOurSchema()) {
                throw RefusedException.because(
                        "The role may not create the schema \"understudy\" at the target.",
                        "At the target run: grant create on database "
                                + Sql.name(target.url().database()) + " to "
                                + Sql.name(target.url().user()) + ".");
            }
            PrintWriter out = spec.commandLine().getOut();
            show(target, out);
            out.println();
            out.println("As the target of the mirror \"" + settings.name() + "\" its tables that "
                    + source.url().place() + " has as well are emptied and replaced.");
            out.flush();
            if (!yes && !confirmed(out)) {
                return ExitCode.WRONG;
            }
            target.adopt(source.identity(), source.url().place());
            out.println("Adopted: " + target.url().place() + " is staging of "
                    + source.url().place() + ". Next: ./understudy plan, then ./understudy run");
            out.flush();
            return ExitCode.FINE;
        }
    }

    /** The two URLs the wrong way round would make production a target. */
    private static void refuseIfSwapped(SourceDatabase source, TargetDatabase target) {
        if (target.feeds(source.client())) {
            throw RefusedException.because(
                    "The source " + source.url().place() + " was adopted as staging of "
                            + target.url().place()
                            + ", which is now to be the target: the two URLs are the wrong way round.",
                    "Exchange understudy.source.url and understudy.target.url. If this is meant, first run at the source: "
                            + "drop schema understudy cascade.");
        }
    }

    private boolean confirmed(PrintWriter out) {
        Console console = System.console();
        if (console == null) {
            out.println("Not adopted: there is nobody to ask. In a script say --yes.");
            out.flush();
            return false;
        }
        String answer = console.readLine("Type \"adopt\" to go on: ");
        if (!"adopt".equals(answer)) {
            out.println("Not adopted. Nothing was changed.");
            out.flush();
            return false;
        }
        return true;
    }

    private static void show(TargetDatabase target, PrintWriter out) {
        PostgresClient client = target.client();
        Row holdings = client.query(HOLDINGS).iterator().next();
        out.println("The target " + target.url().place() + " holds");
        out.println("  tables      " + Quantity.count(holdings.getLong("tables")));
        out.println("  rows        ~" + Quantity.count(holdings.getLong("rows")));
        out.println("  size        " + holdings.getString("size"));
        out.println("  last write  " + lastWrite(client));
        int sessions = 0;
        for (Row row : client.query(SESSIONS)) {
            out.println((sessions++ == 0 ? "  connected   " : "              ") + row.getLong("sessions") + " x role "
                    + row.getString("role") + ", application " + row.getString("application") + ", from "
                    + row.getString("address"));
        }
        if (sessions == 0) {
            out.println("  connected   nobody else");
        }
        target.adoption().ifPresent(adoption -> out.println("  adopted     for the source " + adoption.sourcePlace()));
    }

    /**
     * Postgres knows the time of the last commit only where it was told to keep it; the count of writes it always has.
     */
    private static String lastWrite(PostgresClient client) {
        if (client.query(COMMIT_TIMES).iterator().next().getBoolean("known")) {
            String at = client.query(LAST_COMMIT).iterator().next().getString("at");
            return at == null ? "none since its server started" : at;
        }
        Row writes = client.query(WRITES).iterator().next();
        return "time not kept there (track_commit_timestamp is off); " + Quantity.count(writes.getLong("writes"))
                + " rows written since " + writes.getString("since");
    }
}
