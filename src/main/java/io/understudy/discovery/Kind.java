package io.understudy.discovery;

/** What a column may hold. */
public enum Kind {
    EMAIL("e-mail addresses", Group.EMAIL, true),
    PHONE("phone numbers", Group.PHONE, false),
    PAYMENT_CARD("payment card numbers", Group.CARD, true),
    IBAN("IBANs", Group.IBAN, true),
    IP("IP addresses", Group.IP, true),
    MAC("MAC addresses", Group.MAC, true),
    JWT("signed tokens (JWT)", Group.CREDENTIAL, false),
    PRIVATE_KEY("private keys", Group.CREDENTIAL, false),
    API_KEY("API keys", Group.CREDENTIAL, false),
    TOKEN("tokens or secrets", Group.CREDENTIAL, false),
    PASSWORD("passwords", Group.CREDENTIAL, false),
    PASSWORD_HASH("password hashes", Group.CREDENTIAL, false),
    WEBHOOK("URLs that carry a secret", Group.CREDENTIAL, false),
    NATIONAL_ID("numbers of identity papers", Group.NATIONAL_ID, false),
    US_SSN("US social security numbers", Group.NATIONAL_ID, false),
    GERMAN_TAX_ID("German tax ids", Group.NATIONAL_ID, false),
    UK_NINO("UK national insurance numbers", Group.NATIONAL_ID, false),
    FRENCH_NIR("French social security numbers (NIR)", Group.NATIONAL_ID, false),
    SPANISH_DNI("Spanish DNI or NIE numbers", Group.NATIONAL_ID, false),
    SWISS_AHV("Swiss AHV numbers", Group.NATIONAL_ID, false),
    BRAZILIAN_CPF("Brazilian CPF numbers", Group.NATIONAL_ID, false),
    DUTCH_BSN("Dutch BSN numbers", Group.NATIONAL_ID, false),
    POLISH_PESEL("Polish PESEL numbers", Group.NATIONAL_ID, false),
    PERSON_NAME("names of people", Group.NAME, false),
    FIRST_NAME("first names", Group.NAME, false),
    LAST_NAME("last names", Group.NAME, false),
    USERNAME("user names", Group.USERNAME, false),
    ADDRESS("postal addresses", Group.ADDRESS, false),
    STREET("streets with house numbers", Group.ADDRESS, false),
    CITY("towns", Group.ADDRESS, false),
    POSTCODE("postcodes", Group.ADDRESS, false),
    BIRTH_DATE("dates of birth", Group.BIRTH, false),
    COORDINATES("coordinates", Group.PLACE, false),
    INCOME("incomes or balances", Group.INCOME, false),
    PLATE("vehicle registrations", Group.PLATE, false),
    HEALTH("words about health", Group.TEXT, false),
    PICTURE("pictures or features of people", Group.PICTURE, false),
    FREE_TEXT("free text", Group.TEXT, false),
    USER_AGENT("user agents", Group.HARMLESS, false);

    /** Kinds that a name does not tell apart, or of which one is a part of the other. */
    enum Group {
        EMAIL,
        PHONE,
        CARD,
        IBAN,
        IP,
        MAC,
        CREDENTIAL,
        NATIONAL_ID,
        NAME,
        USERNAME,
        ADDRESS,
        BIRTH,
        PLACE,
        INCOME,
        PLATE,
        PICTURE,
        TEXT,
        HARMLESS
    }

    private final String plural;
    private final Group group;
    private final boolean shaped;

    Kind(String plural, Group group, boolean shaped) {
        this.plural = plural;
        this.group = group;
        this.shaped = shaped;
    }

    /** As it follows "look like". */
    public String plural() {
        return plural;
    }

    Group group() {
        return group;
    }

    /** Whether nearly every value of it is recognised: a name that says so and values that do not contradict. */
    boolean isShaped() {
        return shaped;
    }
}
