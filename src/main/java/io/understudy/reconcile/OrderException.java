package io.understudy.reconcile;

/** The two servers do not have the keys of a table in the same order, as with other collations: it has no ranges. */
final class OrderException extends RuntimeException {

    private static final long serialVersionUID = 1;
}
