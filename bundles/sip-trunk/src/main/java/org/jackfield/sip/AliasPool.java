package org.jackfield.sip;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of the trunk that stand for a Refer-To URI while a transfer is open, because an ACD dials numbers only.
 * For the stack's thread. A number that was given back rests behind all others.
 */
final class AliasPool {
    private final Set<String> all;
    private final Deque<String> free;
    private final Map<String, Referral> bound = new HashMap<>();

    AliasPool(List<String> numbers) {
        this.all = new HashSet<>(numbers);
        this.free = new ArrayDeque<>(numbers);
    }

    /** Null when all are in use. */
    @Nullable
    String bind(Referral referral) {
        String number = free.poll();
        if (number != null) {
            bound.put(number, referral);
        }
        return number;
    }

    /** Takes a number back from {@code referral}, when it still stands for that. */
    void free(@Nullable String number, Referral referral) {
        if (number != null && bound.remove(number, referral)) {
            free.add(number);
        }
    }

    boolean has(@Nullable String number) {
        return number != null && all.contains(number);
    }

    @Nullable
    Referral referral(String number) {
        return bound.get(number);
    }
}
