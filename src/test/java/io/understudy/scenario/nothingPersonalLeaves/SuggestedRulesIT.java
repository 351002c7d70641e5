package io.understudy.scenario.nothingPersonalLeaves;

import static org.assertj.core.api.Assertions.assertThat;

import io.understudy.DatabasePair;
import io.understudy.Masking;
import io.understudy.UnderstudyProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From nothing to a masked mirror by what the commands print: suggest, plan, run, scan. */
class SuggestedRulesIT {

    private static final String[] SHOP = {
        "create table person (id serial primary key, email text not null unique, full_name varchar(60), phone text, "
                + "birth_date date, created_at timestamptz default now(), is_admin boolean default false, locale text)",
        "create table address (id serial primary key, person_id int references person, street text, city text, zip varchar(10))",
        "create table \"Order\" (id bigserial primary key, person_id int not null references person, total numeric(10,2), "
                + "\"Contact Mail\" text, details jsonb, notes text)",
        "create table payment (id uuid primary key, order_id bigint references \"Order\", card text, iban text, ip inet)",
        "create table webhook (id int primary key, url text, secret_token text)",
        "create table product (sku text primary key, title text, price numeric(8,2), tags text[])"
    };

    private static final String[] ROWS = {
        "insert into person (email, full_name, phone, birth_date, locale) select 'canary.' || i || '@company.com', "
                + "(array['Anna','Peter','Maria','John'])[1 + i % 4] || ' ' || (array['Miller','Schmidt','Brown'])[1 + i % 3], "
                + "'+49 171 555' || lpad(i::text, 4, '0'), date '1960-01-01' + i * 20, 'de_DE' from generate_series(1, 300) i",
        "insert into address (person_id, street, city, zip) select id, 'Hauptstrasse ' || id, 'Berlin', '10' || lpad(id::text, 3, '0') from person",
        "insert into \"Order\" (person_id, total, \"Contact Mail\", details, notes) select id, id * 1.5, email, "
                + "jsonb_build_object('customer', jsonb_build_object('email', email, 'name', full_name), 'items', jsonb_build_array('a', 'b')), "
                + "'please call ' || phone from person",
        "insert into payment select gen_random_uuid(), id, '4111111111111111', 'DE89370400440532013000', '10.1.1.1'::inet + id from \"Order\"",
        "insert into webhook values (1, 'https://hooks.example.org/services/T0001/B0002/abcdefghijklmnop', 'sk_live_4eC39HqLyjWDarjtT1zdp7dc')",
        "insert into product select 'sku-' || i, 'Thing ' || i, i, array['red', 'new'] from generate_series(1, 50) i"
    };

    @Test
    void whatIsSuggestedRunsAndTheScanFindsNothing(@TempDir Path directory) throws SQLException, IOException {
        try (DatabasePair pair = new DatabasePair()) {
            pair.both(SHOP).adopt();
            pair.source().run(ROWS);
            Path file = directory.resolve("application.properties");
            try (UnderstudyProcess suggest = UnderstudyProcess.of(pair, "masks", "suggest")) {
                assertThat(suggest.exitCode()).as(suggest.errors()).isZero();
                assertThat(suggest.output()).doesNotContain("canary", "4111", "sk_live", "Hauptstrasse");
                Files.writeString(file, suggest.output());
            }
            Map<String, String> settings = new HashMap<>(Map.of(
                    "SMALLRYE_CONFIG_LOCATIONS", file.toUri().toString(), "UNDERSTUDY_MASKING_SECRET", Masking.SECRET));
            try (UnderstudyProcess plan = UnderstudyProcess.of(pair, settings, "plan")) {
                assertThat(plan.exitCode()).as(plan.output() + plan.errors()).isZero();
            }
            try (UnderstudyProcess service =
                    UnderstudyProcess.of(pair, settings, "run").awaitReady()) {
                pair.source()
                        .run("insert into person (email, full_name) values ('canary.new@company.com', 'Anna Brown')");
                try (UnderstudyProcess scan = UnderstudyProcess.of(pair, settings, "masks", "scan")) {
                    assertThat(scan.exitCode())
                            .as(scan.output() + scan.errors())
                            .isZero();
                }
                assertThat(service.errors()).doesNotContain("canary");
            }
            assertThat(Masking.tablesWith(pair.target(), "canary")).isEmpty();
            assertThat(pair.target().count("select count(*) from \"Order\" o join person p on o.person_id = p.id"))
                    .isEqualTo(300);
            try (UnderstudyProcess unmasked = UnderstudyProcess.of(pair, "masks", "scan", "public.webhook")) {
                assertThat(unmasked.exitCode()).isZero();
            }
            pair.target().run("update webhook set url = 'write to anna@company.com'");
            try (UnderstudyProcess scan = UnderstudyProcess.of(pair, settings, "masks", "scan")) {
                assertThat(scan.exitCode()).as(scan.output()).isEqualTo(1);
                assertThat(scan.output()).contains("public.webhook.url").doesNotContain("anna@");
            }
        }
    }
}
