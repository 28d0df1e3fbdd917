package org.jackfield.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.osgi.service.metatype.annotations.AttributeDefinition;

/** The README's options table says what TrunkConfig and its checks say. */
class ReadmeTest {
    private static final Pattern BOUNDS =
            Pattern.compile("(\\d+)-(\\d+) (ms|s|calls|transactions|connections|bytes)\\b.*");

    /** Key to default and range. */
    private static Map<String, List<String>> table() throws Exception {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            if (line.startsWith("| `")) {
                String[] cells = line.split("(?<!\\\\)\\|", -1);
                String plain = cells[2].replace("\\|", "|").replace("`", "").trim();
                rows.put(cells[1].replace("`", "").trim(), List.of(plain, cells[3].trim()));
            }
        }
        return rows;
    }

    private static String text(Method option) {
        Object value = option.getDefaultValue();
        String text = value instanceof String[] words ? String.join(",", words) : String.valueOf(value);
        return text.isEmpty() ? "(empty)" : text;
    }

    @Test
    void everyOptionIsInTheTableWithItsDefault() throws Exception {
        Map<String, List<String>> table = table();
        List<String> options = new ArrayList<>();
        for (Method option : TrunkConfig.class.getDeclaredMethods()) {
            options.add(option.getName());
            assertThat(table).containsKey(option.getName());
            assertThat(table.get(option.getName()).get(0)).as(option.getName()).isEqualTo(text(option));
            assertThat(table.get(option.getName()).get(1)).as(option.getName()).isNotEmpty();
            assertThat(option.isAnnotationPresent(AttributeDefinition.class)).isFalse(); // kept in the class file only
        }
        assertThat(table.keySet()).containsExactlyInAnyOrderElementsOf(options);
    }

    @Test
    void rangesOfTheTableAreTheOnesThatAreChecked() throws Exception {
        int checked = 0;
        for (Map.Entry<String, List<String>> row : table().entrySet()) {
            Matcher bounds = BOUNDS.matcher(row.getValue().get(1));
            if (!bounds.matches()) {
                continue;
            }
            long least = Long.parseLong(bounds.group(1));
            long most = Long.parseLong(bounds.group(2));
            String key = row.getKey();
            assertThat(fault(key, least)).as(key).isFalse();
            assertThat(fault(key, most)).as(key).isFalse();
            assertThat(fault(key, most + 1)).as(key).isTrue();
            assertThat(fault(key, least - 1)).as(key).isTrue();
            assertThat(fault(key, 0))
                    .as(key)
                    .isEqualTo(least > 0 && !row.getValue().get(1).contains("0 for never"));
            checked++;
        }
        assertThat(checked).isEqualTo(15);
    }

    private static boolean fault(String key, long value) {
        if (value < 0 || value > Integer.MAX_VALUE) {
            return true;
        }
        try {
            TrunkSettings.of(Rig.config(Map.of(key, (int) value)), "main");
            return false;
        } catch (TrunkSettings.Faults e) {
            return e.getMessage().startsWith(key + ": ");
        }
    }
}
