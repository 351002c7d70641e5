package io.understudy.reconcile;

import io.understudy.reconcile.Part.KeyRange;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of one table as one database has them, masked as they are to be at the target. For one thread at a time. */
interface Side {

    Sums sums(KeyRange range) throws SQLException;

    /** Of all rows, by the number of their bucket; empty ones are not there. */
    Map<Integer, Sums> sums(int buckets) throws SQLException;

    List<RowDigest> rows(Part part) throws SQLException;

    /**
     * The key of the row before which there are so many in the range; empty when there is none.
     *
     * @throws IllegalStateException when the table has no order
     */
    Optional<List<String>> boundary(KeyRange range, long rows) throws SQLException;

    /** Whether a key that the other side has in this range is in it by the order of this side, too. */
    boolean isWithin(KeyRange range, List<String> key) throws SQLException;
}
