package io.understudy;

import io.understudy.masking.Canaries;
import io.understudy.masking.ColumnRule;
import io.understudy.masking.MaskRule;
import io.understudy.masking.MaskingSettings;
import io.understudy.masking.MaskingSettings.Unlisted;
import io.understudy.masking.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Masking settings for tests, as {@code understudy.masking} would say them. */
public final class Masking {

    public static final String SECRET = "a secret of the tests, long enough";

    private Masking() {}

    /** @param rules {@code column=rule}, the column with its table and, outside of public, its schema */
    public static MaskingSettings of(Unlisted unlisted, String... rules) {
        return new MaskingSettings(
                Stream.of(rules).map(Masking::rule).toList(), Optional.of(new Secret(SECRET)), unlisted, Canaries.NONE);
    }

    public static MaskingSettings keepingOthers(String... rules) {
        return of(Unlisted.KEEP, rules);
    }

    public static MaskingSettings refusingOthers(String... rules) {
        return of(Unlisted.REFUSE, rules);
    }

    public static MaskingSettings withSecret(MaskingSettings settings, String secret) {
        return new MaskingSettings(
                settings.rules(), Optional.of(new Secret(secret)), settings.unlisted(), settings.canaries());
    }

    public static MaskingSettings withCanaries(MaskingSettings settings, String... canaries) {
        return new MaskingSettings(
                settings.rules(), settings.secret(), settings.unlisted(), Canaries.of(List.of(canaries)));
    }

    private static ColumnRule rule(String text) {
        int equals = text.indexOf('=');
        String path = text.substring(0, equals);
        boolean withSchema = path.indexOf('.') != path.lastIndexOf('.');
        return new ColumnRule(withSchema ? path : "public." + path, MaskRule.parse(text.substring(equals + 1)));
    }

    /** Tables of a database, our own included, in which a text is to be found. */
    public static List<String> tablesWith(Database database, String text) {
        List<String> found = new ArrayList<>();
        for (String table : database.column("""
                select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
                   and n.nspname !~ '^pg_' order by 1
                """)) {
            String rows = "select count(*) from " + table + " t where position('" + text + "' in t::text) > 0";
            if (database.count(rows) > 0) {
                found.add(table);
            }
        }
        return found;
    }
}
