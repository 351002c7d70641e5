package io.understudy.masking;

/**
 * An address of version 4 or 6 with or without a netmask.
 *
 * @param bytes 4 or 16
 * @param bits of the network
 */
record IpText(byte[] bytes, int bits, boolean masked) {

    private static final int GROUPS = 8;

    /** Null for anything else. */
    static IpText parse(String text) {
        int slash = text.indexOf('/');
        byte[] bytes = address(slash < 0 ? text : text.substring(0, slash));
        if (bytes == null) {
            return null;
        }
        int bits = slash < 0 ? 8 * bytes.length : number(text.substring(slash + 1), 8 * bytes.length);
        return bits < 0 ? null : new IpText(bytes, bits, slash >= 0);
    }

    /** Whether all behind the network's bits is zero. */
    boolean isNetwork() {
        for (int bit = bits; bit < 8 * bytes.length; bit++) {
            if ((bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        boolean four = bytes.length == 4;
        for (int i = 0; i < bytes.length; i += four ? 1 : 2) {
            text.append(i == 0 ? "" : four ? "." : ":");
            text.append(
                    four
                            ? Integer.toString(bytes[i] & 0xff)
                            : Integer.toHexString((bytes[i] & 0xff) << 8 | bytes[i + 1] & 0xff));
        }
        return text.append(masked ? "/" + bits : "").toString();
    }

    private static byte[] address(String text) {
        return text.indexOf(':') < 0 ? four(text) : six(text);
    }

    private static byte[] four(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            int part = parts.length == 4 ? number(parts[i], 255) : -1;
            if (part < 0) {
                return null;
            }
            bytes[i] = (byte) part;
        }
        return bytes;
    }

    private static byte[] six(String text) {
        String groups = text;
        int point = text.indexOf('.');
        if (point >= 0) {
            int colon = text.lastIndexOf(':');
            byte[] four = four(text.substring(colon + 1));
            if (four == null) {
                return null;
            }
            groups = text.substring(0, colon + 1)
                    + Integer.toHexString((four[0] & 0xff) << 8 | four[1] & 0xff) + ":"
                    + Integer.toHexString((four[2] & 0xff) << 8 | four[3] & 0xff);
        }
        int gap = groups.indexOf("::");
        String[] front = split(gap < 0 ? groups : groups.substring(0, gap));
        String[] back = split(gap < 0 ? "" : groups.substring(gap + 2));
        int given = front.length + back.length;
        if (gap < 0 ? given != GROUPS : given >= GROUPS) {
            return null;
        }
        byte[] bytes = new byte[2 * GROUPS];
        boolean read = fill(bytes, 0, front) && fill(bytes, GROUPS - back.length, back);
        return read ? bytes : null;
    }

    private static String[] split(String groups) {
        return groups.isEmpty() ? new String[0] : groups.split(":", -1);
    }

    private static boolean fill(byte[] bytes, int from, String[] groups) {
        for (int i = 0; i < groups.length; i++) {
            String group = groups[i];
            if (group.isEmpty() || group.length() > 4) {
                return false;
            }
            int value = 0;
            for (int letter = 0; letter < group.length(); letter++) {
                int digit = group.charAt(letter) > 'f' ? -1 : Character.digit(group.charAt(letter), 16);
                if (digit < 0) {
                    return false;
                }
                value = value << 4 | digit;
            }
            bytes[2 * (from + i)] = (byte) (value >> 8);
            bytes[2 * (from + i) + 1] = (byte) value;
        }
        return true;
    }

    private static int number(String text, int most) {
        if (text.isEmpty() || text.length() > 3) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number <= most ? number : -1;
    }
}
