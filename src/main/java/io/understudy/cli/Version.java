package io.understudy.cli;

import org.eclipse.microprofile.config.ConfigProvider;
import picocli.CommandLine;

final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "understudy " + ConfigProvider.getConfig().getValue("quarkus.application.version", String.class)
        };
    }
}
