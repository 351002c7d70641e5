package io.understudy.masking;

import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * A date as Postgres writes it in ISO style: {@code 2024-02-29 12:00:00.5+00 BC}.
 *
 * @param rest all behind the day, without the era
 */
record DateText(LocalDate day, String rest) {

    private static final String BEFORE_CHRIST = " BC";
    /** 5874897-12-31, the last date Postgres has, has one digit fewer. */
    private static final int MOST_YEAR_DIGITS = 8;

    /** Null for anything else. */
    static DateText parse(String text) {
        boolean before = text.endsWith(BEFORE_CHRIST);
        String date = before ? text.substring(0, text.length() - BEFORE_CHRIST.length()) : text;
        int dash = date.indexOf('-');
        if (dash < 4 || dash > MOST_YEAR_DIGITS || date.length() < dash + 6 || date.charAt(dash + 3) != '-') {
            return null;
        }
        int year = number(date, 0, dash);
        int month = number(date, dash + 1, dash + 3);
        int dayOfMonth = number(date, dash + 4, dash + 6);
        String rest = date.substring(dash + 6);
        if (year < 1 || month < 0 || dayOfMonth < 0 || !isTime(rest)) {
            return null;
        }
        try {
            return new DateText(LocalDate.of(before ? 1 - year : year, month, dayOfMonth), rest);
        } catch (DateTimeException e) {
            return null;
        }
    }

    String on(LocalDate other) {
        int year = other.getYear() < 1 ? 1 - other.getYear() : other.getYear();
        StringBuilder text = new StringBuilder(32);
        append(text, year, 4);
        append(text.append('-'), other.getMonthValue(), 2);
        append(text.append('-'), other.getDayOfMonth(), 2);
        return text.append(rest)
                .append(other.getYear() < 1 ? BEFORE_CHRIST : "")
                .toString();
    }

    private static void append(StringBuilder text, int number, int digits) {
        String written = Integer.toString(number);
        for (int i = written.length(); i < digits; i++) {
            text.append('0');
        }
        text.append(written);
    }

    /** Negative when there is anything but digits. */
    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }

    /** A time of day and an offset, either of which may be missing; nothing that could be a remark. */
    private static boolean isTime(String rest) {
        if (rest.isEmpty()) {
            return true;
        }
        if (rest.charAt(0) != ' ' && rest.charAt(0) != 'T') {
            return false;
        }
        int at = clock(rest, 1, 2);
        if (at < 0) {
            return false;
        }
        if (at < rest.length() && rest.charAt(at) == '.') {
            int from = ++at;
            while (at < rest.length() && Character.isDigit(rest.charAt(at))) {
                at++;
            }
            if (at == from || at > from + 9) {
                return false;
            }
        }
        if (at == rest.length() || rest.charAt(at) == 'Z') {
            return at >= rest.length() - 1;
        }
        return (rest.charAt(at) == '+' || rest.charAt(at) == '-') && clock(rest, at + 1, 1) == rest.length();
    }

    /** Pairs of digits with colons between them, three at most; where they end, negative if there are too few. */
    private static int clock(String text, int from, int least) {
        int at = from;
        for (int pair = 0; pair < 3; pair++) {
            if (pair > 0) {
                if (at >= text.length() || text.charAt(at) != ':') {
                    return pair < least ? -1 : at;
                }
                at++;
            }
            if (text.length() < at + 2 || number(text, at, at + 2) < 0) {
                return -1;
            }
            at += 2;
        }
        return at;
    }
}
