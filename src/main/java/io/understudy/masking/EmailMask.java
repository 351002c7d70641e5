package io.understudy.masking;

/** An address that looks like one, and reaches nobody but who owns its domain. */
final class EmailMask implements Mask {

    /** Reserved: no mail is ever delivered to it. */
    static final String NOWHERE = "example.invalid";

    private static final String NOWHERE_SHORT = "x.invalid";
    /** 80 bits: two of a billion people share one with a chance of one in a million. */
    private static final int LETTERS = 16;

    private final KeyedHash hash;
    private final String end;
    private final int letters;

    EmailMask(KeyedHash hash, String domain, int length) {
        this.hash = hash;
        String fitting = domain.equals(NOWHERE) && length < NOWHERE.length() + 1 + LETTERS ? NOWHERE_SHORT : domain;
        int room = length - 1 - fitting.length();
        this.end = room < 1 ? "" : "@" + fitting;
        this.letters = Math.min(room < 1 ? length : room, LETTERS);
    }

    @Override
    public String of(String value, String seed) {
        return HashText.base32(hash.digest(value), letters) + end;
    }

    @Override
    public double capacity() {
        return Math.pow(32, letters);
    }
}
