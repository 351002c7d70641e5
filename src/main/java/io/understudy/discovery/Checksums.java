package io.understudy.discovery;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The arithmetic of numbers that carry a check. Arguments are bare: digits and capital letters, nothing between. */
final class Checksums {

    private static final int[] MOD_11 = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
    private static final int[] PESEL = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
    private static final String DNI = "TRWAGMYFPDXBNJZSQVHLCKE";

    /** Lengths of IBANs, as the registry has them. */
    private static final Map<String, Integer> IBAN_LENGTHS =
            lengths("AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 "
                    + "BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 "
                    + "HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 "
                    + "MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 "
                    + "SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20");

    private Checksums() {}

    private static Map<String, Integer> lengths(String text) {
        return Stream.of(text.split(" "))
                .collect(Collectors.toUnmodifiableMap(
                        entry -> entry.substring(0, 2), entry -> Integer.valueOf(entry.substring(2))));
    }

    static boolean luhn(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digit(digits, digits.length() - 1 - i);
            int twice = i % 2 == 0 ? digit : digit * 2;
            sum += twice > 9 ? twice - 9 : twice;
        }
        return sum % 10 == 0;
    }

    /** ISO 13616: the known length of its country, and a remainder of 1. */
    static boolean iban(String text) {
        if (text.length() < 15 || IBAN_LENGTHS.getOrDefault(text.substring(0, 2), 0) != text.length()) {
            return false;
        }
        String turned = text.substring(4) + text.substring(0, 4);
        int remainder = 0;
        for (int i = 0; i < turned.length(); i++) {
            int value = Character.digit(turned.charAt(i), 36);
            remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
        }
        return remainder == 1;
    }

    /** Eleven digits: of the first ten one comes twice or three times and no other does; ISO 7064 mod 11, 10. */
    static boolean germanTaxId(String digits) {
        if (digits.charAt(0) == '0') {
            return false;
        }
        int[] times = new int[10];
        int product = 10;
        for (int i = 0; i < 10; i++) {
            times[digit(digits, i)]++;
            int sum = (digit(digits, i) + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        int repeated = 0;
        for (int count : times) {
            if (count > 3) {
                return false;
            }
            repeated += count > 1 ? 1 : 0;
        }
        return repeated == 1 && (11 - product) % 10 == digit(digits, 10);
    }

    /** Thirteen characters and a key of two digits; the departments of Corsica have a letter. */
    static boolean frenchNir(String text) {
        String number = text.substring(0, 13).replace("2A", "19").replace("2B", "18");
        return number.chars().allMatch(Character::isDigit)
                && 97 - Long.parseLong(number) % 97 == Integer.parseInt(text.substring(13));
    }

    /** Eight digits and a letter; of a foreigner X, Y or Z and seven digits. */
    static boolean spanishDni(String text) {
        int first = "XYZ".indexOf(text.charAt(0));
        String number = first < 0 ? text.substring(0, 8) : first + text.substring(1, 8);
        return DNI.charAt(Integer.parseInt(number) % 23) == text.charAt(8);
    }

    static boolean ean13(String digits) {
        int sum = 0;
        for (int i = 0; i < 12; i++) {
            sum += digit(digits, i) * (i % 2 == 0 ? 1 : 3);
        }
        return (10 - sum % 10) % 10 == digit(digits, 12);
    }

    /** Eleven digits, not all the same. */
    static boolean cpf(String digits) {
        if (digits.chars().distinct().count() == 1) {
            return false;
        }
        return cpfDigit(digits, 9) == digit(digits, 9) && cpfDigit(digits, 10) == digit(digits, 10);
    }

    private static int cpfDigit(String digits, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += digit(digits, i) * MOD_11[MOD_11.length - length + i];
        }
        return sum * 10 % 11 % 10;
    }

    /** Nine digits: the eleven-test, in which the last digit counts against the others. */
    static boolean bsn(String digits) {
        int sum = -digit(digits, 8);
        for (int i = 0; i < 8; i++) {
            sum += digit(digits, i) * (9 - i);
        }
        return sum % 11 == 0 && !digits.equals("000000000");
    }

    /** Eleven digits that begin with a date; the century is added to the month. */
    static boolean pesel(String digits) {
        int sum = 0;
        for (int i = 0; i < 10; i++) {
            sum += digit(digits, i) * PESEL[i];
        }
        int month = Integer.parseInt(digits.substring(2, 4)) % 20;
        int day = Integer.parseInt(digits.substring(4, 6));
        return (10 - sum % 10) % 10 == digit(digits, 10) && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    }

    private static int digit(String digits, int at) {
        return digits.charAt(at) - '0';
    }
}
