package org.jackfield.acd.csta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LaneTest {
    @Test
    void idleLaneRunsATaskOnTheCallersThread() {
        try (var lane = new Lane("lane-test")) {
            var ran = new ArrayList<Thread>();
            assertThat(lane.executeHere(() -> ran.add(Thread.currentThread()))).isTrue();
            assertThat(ran).containsExactly(Thread.currentThread());
        }
    }

    @Test
    void taskOfATaskRunsBehindIt() {
        try (var lane = new Lane("lane-test")) {
            var order = new ArrayList<String>();
            lane.executeHere(() -> {
                lane.executeHere(() -> order.add("inner"));
                lane.execute(() -> order.add("last"));
                order.add("outer");
            });
            assertThat(order).containsExactly("outer", "inner", "last");
        }
    }

    @Test
    void busyLaneTakesATaskForLaterAndKeepsTheOrder() throws Exception {
        try (var lane = new Lane("lane-test")) {
            var busy = new CountDownLatch(1);
            var go = new CountDownLatch(1);
            List<Integer> order = new ArrayList<>();
            lane.execute(() -> {
                busy.countDown();
                wait(go);
            });
            busy.await();
            for (int i = 0; i < 10; i++) {
                int number = i;
                if (i % 2 == 0) {
                    lane.executeHere(() -> order.add(number));
                } else {
                    lane.execute(() -> order.add(number));
                }
            }
            var done = new CountDownLatch(1);
            lane.execute(done::countDown);
            assertThat(done.getCount()).isEqualTo(1);
            go.countDown();
            done.await();
            assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        }
    }

    private static void wait(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void tasksOfManyThreadsRunOneAtATimeAndInEachThreadsOrder() throws Exception {
        int each = 20_000;
        var last = new int[4];
        var inside = new AtomicInteger();
        var wrong = new AtomicInteger();
        var done = new int[1];
        try (var lane = new Lane("lane-test")) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < last.length; t++) {
                int mine = t;
                threads.add(new Thread(() -> {
                    for (int i = 1; i <= each; i++) {
                        int number = i;
                        Runnable task = () -> {
                            wrong.addAndGet(inside.getAndIncrement());
                            wrong.addAndGet(last[mine] == number - 1 ? 0 : 1);
                            last[mine] = number;
                            done[0]++;
                            inside.decrementAndGet();
                        };
                        boolean taken = mine % 2 == 0 ? lane.executeHere(task) : lane.execute(task);
                        wrong.addAndGet(taken ? 0 : 1);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            var idle = new CountDownLatch(1);
            lane.execute(idle::countDown);
            idle.await();
        }
        assertThat(wrong).hasValue(0);
        assertThat(done[0]).isEqualTo(each * last.length);
    }

    @Test
    void whatFailsDoesNotEndTheLaneAndAClosedOneTakesNothing() {
        var lane = new Lane("lane-test");
        var ran = new AtomicInteger();
        lane.executeHere(() -> {
            throw new IllegalStateException("planted");
        });
        lane.execute(ran::incrementAndGet);
        await().until(() -> ran.get() == 1);
        lane.close();
        assertThat(lane.execute(ran::incrementAndGet)).isFalse();
        assertThat(lane.executeHere(ran::incrementAndGet)).isFalse();
        assertThat(ran).hasValue(1);
    }
}
