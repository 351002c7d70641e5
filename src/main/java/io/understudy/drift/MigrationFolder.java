package io.understudy.drift;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The {@code .sql} files of a folder, as the tools that name them so read them. */
record MigrationFolder(Path path, List<MigrationFile> files) {

    /** Prisma has a folder for each migration, others sort theirs by year. */
    private static final int DEPTH = 3;

    private static final Pattern NUMBERED = Pattern.compile("(\\d+)[_.-].*|(\\d+)");
    private static final Pattern FLYWAY = Pattern.compile("[VB]([0-9][0-9._]*?)__.*\\.sql");

    record MigrationFile(String name, String sql) {

        /** As the history of this tool names it; empty when the tool has no files of this name. */
        Optional<String> key(Tool tool) {
            String last = name.substring(name.lastIndexOf('/') + 1);
            if (tool == Tool.PRISMA) {
                return last.equals("migration.sql") && name.contains("/") ? Optional.of(parent()) : Optional.empty();
            }
            if (tool == Tool.FLYWAY) {
                Matcher versioned = FLYWAY.matcher(last);
                return versioned.matches()
                        ? Optional.of(versioned.group(1).replace('_', '.'))
                        : Optional.of(last).filter(script -> script.startsWith("R__"));
            }
            if (tool == Tool.DRIZZLE) {
                return number(last).map(number -> sha256(sql));
            }
            if (tool == Tool.GOLANG_MIGRATE || tool == Tool.SQLX) {
                return number(last).map(MigrationFile::withoutZeros);
            }
            return tool == Tool.SUPABASE || tool == Tool.RAILS ? number(last) : Optional.empty();
        }

        private String parent() {
            String folder = name.substring(0, name.lastIndexOf('/'));
            return folder.substring(folder.lastIndexOf('/') + 1);
        }

        private static Optional<String> number(String file) {
            Matcher numbered = NUMBERED.matcher(file);
            return numbered.matches()
                    ? Optional.of(numbered.group(1) == null ? numbered.group(2) : numbered.group(1))
                    : Optional.empty();
        }

        private static String withoutZeros(String number) {
            return number.replaceFirst("^0+(?=\\d)", "");
        }

        private static String sha256(String text) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** @throws IOException with the file that cannot be read */
    static MigrationFolder read(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> found =
                Files.find(folder, DEPTH, (file, attributes) -> attributes.isRegularFile() && isForward(file))) {
            paths = found.sorted(Comparator.comparing(file -> inOrder(name(folder, file))))
                    .toList();
        }
        List<MigrationFile> files = new ArrayList<>();
        for (Path file : paths) {
            files.add(new MigrationFile(name(folder, file), forward(Files.readString(file))));
        }
        return new MigrationFolder(folder, List.copyOf(files));
    }

    private static boolean isForward(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".sql") && !name.endsWith(".down.sql") && !name.matches("U[0-9].*__.*");
    }

    /** What undoes the migration may stand in the same file. */
    private static String forward(String sql) {
        Matcher down =
                Pattern.compile("(?mi)^--\\s*(migrate:down|\\+goose down)").matcher(sql);
        return down.find() ? sql.substring(0, down.start()) : sql;
    }

    private static String name(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    /** V2 comes before V10. */
    private static String inOrder(String name) {
        return Pattern.compile("\\d+")
                .matcher(name)
                .replaceAll(number -> "0".repeat(Math.max(0, 20 - number.group().length())) + number.group());
    }
}
