package io.understudy.reconcile;

import io.understudy.masking.MaskingPolicy;
import io.understudy.postgres.MirroredTable;
import io.understudy.postgres.Sql;
import io.understudy.reconcile.Part.Buckets;
import io.understudy.reconcile.Part.KeyRange;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The source's rows of a table with masks: see {@link RowImage}. */
final class ShippedSide implements Side {

    private static final String TEMPORARY = "pg_temp.understudy_shipped";

    private final Connection source;
    private final Connection target;
    private final MirroredTable table;
    private final RowImage image;
    private final MaskingPolicy masks;
    private final DirectSide.Rows raw;
    private final DirectSide ordered;
    private final DirectSide masked;

    /**
     * @param source reads only
     * @param target of its own: it holds the temporary table
     * @param raw the rows as they are at the source
     */
    ShippedSide(
            Connection source,
            Connection target,
            MirroredTable table,
            RowImage image,
            MaskingPolicy masks,
            DirectSide.Rows raw)
            throws SQLException {
        this.source = source;
        this.target = target;
        this.table = table;
        this.image = image;
        this.masks = masks;
        this.raw = raw;
        this.ordered = new DirectSide(source, raw);
        this.masked = new DirectSide(
                target,
                new DirectSide.Rows(
                        TEMPORARY,
                        "",
                        image.shippedDigest(),
                        image.targetKey(),
                        List.of(),
                        Sql.name(RowImage.COMPUTED.get(1))));
        target.setAutoCommit(false);
        execute("drop table if exists " + TEMPORARY);
        execute("create temporary table understudy_shipped on commit delete rows as select "
                + Sql.names(image.shipped()) + ", 0::bigint as " + Sql.name(RowImage.COMPUTED.get(0))
                + ", 0::bigint as " + Sql.name(RowImage.COMPUTED.get(1)) + " from "
                + table.target().alone() + " limit 0");
        target.commit();
    }

    private interface Asking<T> {
        T ask() throws SQLException;
    }

    private <T> T shipped(Part part, Asking<T> asking) throws SQLException {
        try {
            ship(part instanceof Buckets ? KeyRange.ALL : part);
            T answer = asking.ask();
            target.commit(); // Which empties the table. After a rollback its rows would be read over every time.
            return answer;
        } catch (SQLException | RuntimeException e) {
            target.rollback();
            throw e;
        }
    }

    private void ship(Part part) throws SQLException {
        String query = "select " + Sql.names(image.shipped()) + ", " + image.sourceDigest() + ", " + raw.version()
                + " from " + raw.table() + raw.where(part);
        Shipment.ship(source, query, target, TEMPORARY, masks, table.id(), image.shipped(), RowImage.COMPUTED.size());
    }

    @Override
    public Sums sums(KeyRange range) throws SQLException {
        return shipped(range, () -> masked.sums(KeyRange.ALL));
    }

    @Override
    public Map<Integer, Sums> sums(int buckets) throws SQLException {
        return shipped(KeyRange.ALL, () -> masked.sums(buckets));
    }

    @Override
    public List<RowDigest> rows(Part part) throws SQLException {
        return shipped(part, () -> masked.rows(part instanceof Buckets ? part : KeyRange.ALL));
    }

    @Override
    public Optional<List<String>> boundary(KeyRange range, long rows) throws SQLException {
        return ordered.boundary(range, rows);
    }

    @Override
    public boolean isWithin(KeyRange range, List<String> key) throws SQLException {
        return ordered.isWithin(range, key);
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = target.createStatement()) {
            statement.execute(sql);
        }
    }
}
