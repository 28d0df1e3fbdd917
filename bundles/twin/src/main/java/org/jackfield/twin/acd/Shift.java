package org.jackfield.twin.acd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A load: agents press keys one after the other, evenly spaced, in the order of the dictionary, all of them to one state
 * before the first of them goes to the next. Open loop: what was late is made up for. Used on the ACD's thread only.
 */
final class Shift {
    private final List<Agent> agents;
    private final Agents rules;
    private final Timers timers;
    private Order order = new Order(List.of("ready"), 1, 0);
    private int run;
    private long began;
    private int done;
    private int refused;

    /**
     * What is to be pressed.
     *
     * @param states which keys in turn, at least one
     * @param rate keys a second, 1 to 2,000
     * @param presses how many, 0 for none
     */
    record Order(List<String> states, int rate, int presses) {
        Order {
            states.forEach(State::requested);
            require("states", states.size(), 1, 10);
            require("rate", rate, 1, 2_000);
            require("presses", presses, 0, 10_000_000);
        }

        private static void require(String what, int value, int low, int high) {
            if (value < low || value > high) {
                throw new IllegalArgumentException(what + ": " + value + " (expected: " + low + "-" + high + ")");
            }
        }
    }

    Shift(Agents rules, Timers timers) {
        this.agents = List.copyOf(rules.all());
        this.rules = rules;
        this.timers = timers;
    }

    /** Begins with this order; what was left of the one before is forgotten. */
    void begin(Order next) {
        if (agents.isEmpty()) {
            throw new IllegalStateException("agents: none (expected: at least one)");
        }
        order = next;
        began = System.nanoTime();
        done = 0;
        refused = 0;
        go(++run);
    }

    private void go(int mine) {
        if (run != mine) {
            return;
        }
        long due = 1 + (System.nanoTime() - began) * order.rate() / 1_000_000_000L;
        while (done < Math.min(due, order.presses())) {
            press(agents.get(done % agents.size()), order.states());
            done++;
        }
        if (done < order.presses()) {
            timers.after(Math.max(1, 1_000 / order.rate()), () -> go(mine));
        }
    }

    private void press(Agent agent, List<String> states) {
        String state = states.get(done / agents.size() % states.size());
        if (rules.request(agent, state, null) == Agents.Outcome.REFUSED) {
            refused++;
        }
    }

    Map<String, Object> view() {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("done", done);
        view.put("left", order.presses() - done);
        view.put("refused", refused);
        return view;
    }
}
