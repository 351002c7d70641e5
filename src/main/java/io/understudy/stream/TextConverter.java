package io.understudy.stream;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Registered with Debezium for every column: takes the value before Debezium's own conversions, of which several lose
 * data (an array of arrays, 24:00, infinity), and hands it on as Postgres text. Loaded by name by Debezium.
 */
public final class TextConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {

    @Override
    public void configure(Properties properties) {
        // Nothing to choose: every column of every table is text.
    }

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        registration.register(SchemaBuilder.string().optional(), PostgresText::of);
    }
}
