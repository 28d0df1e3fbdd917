package org.jackfield.teams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jackfield.plugin.Agent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DictionaryUsersTest {
    private static final String USER = "11111111-aaaa-4000-8000-00000000000b";

    private static Agent agent(String id, @Nullable String user, @Nullable String upn) {
        return new Agent("demo", id, "main", "47" + id, List.of(), user, upn, null, Agent.Endpoint.DESK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "11111111-AAAA-4000-8000-00000000000B",
                "{11111111-aaaa-4000-8000-00000000000b}",
                "{11111111-AAAA-4000-8000-00000000000B}",
                "(11111111-aaaa-4000-8000-00000000000b)",
                "11111111aaaa4000800000000000000b",
                " 11111111-aaaa-4000-8000-00000000000b "
            })
    void oneUserIsFoundInEverySpelling(String other) {
        var users = new DictionaryUsers(List.of(agent("anna", USER, null), agent("berta", other, null)));

        assertThat(users.users()).hasSize(1);
        assertThat(users.remarks())
                .anyMatch(r -> r.startsWith("user " + USER + " stands in the agent dictionary for agents anna, berta,")
                        && r.contains(other)
                        && r.endsWith("(expected: one agent each)"));
    }

    @Test
    void aSpellingThatGraphDoesNotTakeIsNamedWithTheOneItTakes() {
        assertThat(new DictionaryUsers(List.of(agent("anna", "{" + USER + "}", null))).remarks())
                .containsExactly(
                        "user {" + USER + "} of agent anna is not written as Graph takes it (expected: " + USER + ")");
    }

    @Test
    void aSignInNameInsteadOfAnObjectIdIsNamedAndComparedWithTheSignInNames() {
        var users = new DictionaryUsers(
                List.of(agent("anna", "Anna@Example.org", null), agent("berta", USER, "ANNA@example.ORG")));

        assertThat(users.remarks())
                .containsExactly(
                        "user Anna@Example.org of agent anna is no object id (expected: the user's object id as Entra"
                                + " shows it, 8-4-4-4-12 hexadecimal digits)",
                        "sign-in name anna@example.org stands in the agent dictionary for agents anna, berta"
                                + " (expected: one agent each)");
        assertThat(users.sample()).isEqualTo(USER);
    }

    @Test
    void aSignInNameIsFoundInUpperAndLowerCaseAndADuplicateIsSaidOnce() {
        var users = new DictionaryUsers(List.of(
                agent("anna", USER, "anna@example.org"),
                agent("berta", USER.toUpperCase(java.util.Locale.ROOT), "ANNA@EXAMPLE.ORG"),
                agent("carla", "11111111-aaaa-4000-8000-00000000000c", "carla@example.org")));

        assertThat(users.remarks()).hasSize(1);
    }

    @Test
    void aGoodDictionaryNeedsNoRemarkAndAnAgentWithoutUserOne() {
        assertThat(new DictionaryUsers(List.of(agent("anna", USER, "anna@example.org"))).remarks())
                .isEmpty();
        assertThat(new DictionaryUsers(List.of(agent("anna", null, null))).remarks())
                .containsExactly("agent anna has no Entra user in the agent dictionary");
    }
}
