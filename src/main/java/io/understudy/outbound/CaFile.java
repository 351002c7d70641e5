package io.understudy.outbound;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** Certificates by which a destination is trusted instead of by those that Java brings. Read once, as PEM. */
public final class CaFile {

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

    private final byte[] certificates;

    /** @throws IllegalArgumentException with what is wrong, as the end of a sentence that names the setting */
    public CaFile(String path) {
        try {
            certificates = Files.readAllBytes(Path.of(path));
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    "is \"" + path + "\", a file that cannot be read; it takes a file of certificates (PEM)");
        }
        if (!new String(certificates, StandardCharsets.ISO_8859_1).contains(BEGIN) || !areCertificates()) {
            throw new IllegalArgumentException("is \"" + path
                    + "\", which holds no certificates; it takes a file of them (PEM), beginning with " + BEGIN);
        }
    }

    private boolean areCertificates() {
        try {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(certificates))
                    .isEmpty();
        } catch (CertificateException e) {
            return false;
        }
    }

    byte[] certificates() {
        return certificates;
    }
}
