package io.understudy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnNameTest {

    @ParameterizedTest
    @CsvSource({
        "email,EMAIL",
        "E.Mail,EMAIL",
        "userEMail,EMAIL",
        "billing_email,EMAIL",
        "emails,EMAIL",
        "mail_adresse,EMAIL",
        "telefon2,PHONE",
        "mobilePhone,PHONE",
        "IPAddress,IP",
        "last_ip,IP",
        "ipv6,IP",
        "Straße,STREET",
        "address_line1,STREET",
        "shipping_address,ADDRESS",
        "PLZ,POSTCODE",
        "wohnort,CITY",
        "vorname,FIRST_NAME",
        "Prénom,FIRST_NAME",
        "last_name,LAST_NAME",
        "Name - Last,LAST_NAME",
        "cardholder,PERSON_NAME",
        "dob,BIRTH_DATE",
        "date_of_birth,BIRTH_DATE",
        "geburtsdatum,BIRTH_DATE",
        "iban,IBAN",
        "passport_number,NATIONAL_ID",
        "ssn,NATIONAL_ID",
        "password_hash,PASSWORD_HASH",
        "passwort,PASSWORD",
        "api_key,TOKEN",
        "device_token,TOKEN",
        "slackWebhookUrl,WEBHOOK",
        "user_agent,USER_AGENT",
        "lat,COORDINATES",
        "home_longitude,COORDINATES",
        "salary,INCOME",
        "kennzeichen,PLATE",
        "internal_notes,FREE_TEXT"
    })
    void says(String name, Kind kind) {
        assertThat(ColumnName.hint(false, name)).contains(kind);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip_version",
                "shipment",
                "phone_type",
                "email_verified",
                "email_sent_at",
                "is_email",
                "has_phone",
                "num_addresses",
                "address_id",
                "stripe",
                "latest",
                "authored",
                "citycode_id",
                "import",
                "sort",
                "zipper",
                "name"
            })
    void saysNothing(String name) {
        assertThat(ColumnName.hint(false, name)).isEmpty();
    }

    @Test
    void aNameIsAPersonsWhereTheRowsArePeople() {
        assertThat(ColumnName.hint(ColumnName.isAboutPeople("customers"), "name"))
                .contains(Kind.PERSON_NAME);
        assertThat(ColumnName.hint(ColumnName.isAboutPeople("Mitarbeiter"), "Name"))
                .contains(Kind.PERSON_NAME);
        assertThat(ColumnName.hint(ColumnName.isAboutPeople("product"), "name")).isEmpty();
        assertThat(ColumnName.hint(ColumnName.isAboutPeople("customers"), "company_name"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"IPAddress2,ip address 2", "snake_case,snake case", "a.b-c D,a b c d", "userID,user id"})
    void words(String name, String words) {
        assertThat(String.join(" ", ColumnName.words(name))).isEqualTo(words);
    }

    @Test
    void commentsSpeakByLongerWords() {
        assertThat(ColumnName.mentioned("The customer's e-mail, as typed")).contains(Kind.EMAIL);
        assertThat(ColumnName.mentioned("Where it is in line, via the warehouse"))
                .isEmpty();
    }
}
