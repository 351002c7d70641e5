package io.understudy.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableSelectionTest {

    @ParameterizedTest
    @CsvSource({
        "listing, public.listing, true",
        "listing, other.listing, false",
        "listing, public.listing2, false",
        "public.*, public.listing, true",
        "public.*, public2.listing, false",
        "*.listing, other.listing, true",
        "*.*, a.b, true",
        "user*, public.user_lease, true",
        "*lease*, public.user_lease, true",
        "public.a.b, public.a.b, true",
        "public.a+b, public.aab, false",
        "public.a+b, public.a+b, true",
        "public.Listing, public.listing, false",
        "*_, public._, true",
        "*, other.x, false"
    })
    void patternsAreSchemaAndTableWithAsterisks(String pattern, String table, boolean matches) {
        assertThat(TableSelection.matches(pattern, Tables.id(table))).isEqualTo(matches);
    }

    @Test
    void everythingIsMirroredUnlessSaidOtherwise() {
        assertThat(selected(List.of(), List.of())).containsExactly("public.a", "public.b", "other.c");
    }

    @Test
    void excludingWinsOverIncluding() {
        assertThat(selected(List.of("public.*"), List.of("b"))).containsExactly("public.a");
    }

    @Test
    void everyExclusionHasItsReason() {
        TableSelection selection = TableSelection.of(catalog(), List.of("public.*"), List.of("b"));
        assertThat(selection.excluded())
                .extracting(TableSelection.Exclusion::toString)
                .anySatisfy(text -> assertThat(text).contains("understudy.tables.exclude has b"))
                .anySatisfy(text -> assertThat(text).contains("understudy.tables.include does not name it"));
    }

    @Test
    void whatCannotBeMirroredIsLeftOutWithItsReason() {
        Table foreign = Tables.table("f", Table.Kind.FOREIGN, 0, 0, "id");
        Table plain = Tables.table("x", "id");
        Table unlogged = copy(plain, "u", Table.Persistence.UNLOGGED, Optional.empty());
        Table owned = copy(plain, "e", Table.Persistence.PERMANENT, Optional.of("postgis"));
        TableSelection selection = TableSelection.of(catalog(foreign, unlogged, owned), List.of(), List.of());
        assertThat(selection.selected()).isEmpty();
        assertThat(selection.excluded())
                .extracting(TableSelection.Exclusion::reason)
                .satisfiesExactly(
                        reason -> assertThat(reason).contains("foreign table"),
                        reason -> assertThat(reason).contains("unlogged"),
                        reason -> assertThat(reason).contains("postgis"));
    }

    @Test
    void namesPatternsThatMatchNothing() {
        assertThat(TableSelection.unmatched(catalog(), List.of("public.a", "oter.*")))
                .containsExactly("oter.*");
    }

    private static List<String> selected(List<String> include, List<String> exclude) {
        return TableSelection.of(catalog(), include, exclude).selected().stream()
                .map(table -> table.id().toString())
                .toList();
    }

    private static Table copy(Table like, String name, Table.Persistence persistence, Optional<String> extension) {
        return new Table(
                Tables.id(name),
                0,
                0,
                like.kind(),
                persistence,
                like.columns(),
                like.primaryKey(),
                like.deferrableKey(),
                Set.of(),
                like.replicaIdentity(),
                List.of(),
                0,
                0,
                0,
                false,
                extension,
                List.of(),
                List.of(),
                false);
    }

    private static Catalog catalog() {
        return catalog(Tables.table("a"), Tables.table("b"), Tables.table("other.c"));
    }

    private static Catalog catalog(Table... tables) {
        Map<TableId, Table> byId = new LinkedHashMap<>();
        for (Table table : tables) {
            byId.put(table.id(), table);
        }
        return new Catalog(byId, List.of(), List.of(), Map.of());
    }
}
