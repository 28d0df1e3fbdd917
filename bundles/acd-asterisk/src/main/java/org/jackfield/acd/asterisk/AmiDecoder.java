package org.jackfield.acd.asterisk;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Bytes to blocks, however the bytes are split. Used by one thread. Holds at most one line and one block.
 * What is too long, or no greeting at the start, ends the connection; a block with a line that is none is left out.
 */
final class AmiDecoder {
    /** The longest line, in bytes without its end. */
    static final int MAX_LINE = 8 * 1024;
    /** The most lines of a block. */
    static final int MAX_LINES = 2_000;
    /** The longest block, in bytes. */
    static final int MAX_BLOCK = 256 * 1024;

    private static final String GREETING = "Asterisk Call Manager/";

    private final Consumer<String> greeting;
    private final Consumer<AmiMessage> messages;
    private final Consumer<String> refused;
    private byte[] line = new byte[256];
    private int length;
    private int block;
    private boolean greeted;
    private boolean spoilt;
    private List<String> names = new ArrayList<>();
    private List<String> values = new ArrayList<>();

    /**
     * @param greeting takes the protocol's version, once
     * @param refused takes the reason for which one block was left out
     */
    AmiDecoder(Consumer<String> greeting, Consumer<AmiMessage> messages, Consumer<String> refused) {
        this.greeting = greeting;
        this.messages = messages;
        this.refused = refused;
    }

    /** Bytes that end the connection; the message is the named reason. */
    static final class Fault extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        Fault(String reason, String message) {
            super(message);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    void feed(byte[] bytes, int count) throws Fault {
        for (int i = 0; i < count; i++) {
            byte b = bytes[i];
            if (b == '\n') {
                end();
            } else {
                add(b);
            }
        }
    }

    private void add(byte b) throws Fault {
        if (length == MAX_LINE) {
            throw new Fault("line-too-long", "a line of more than " + MAX_LINE + " bytes");
        }
        if (++block > MAX_BLOCK) {
            throw new Fault("block-too-long", "a block of more than " + MAX_BLOCK + " bytes");
        }
        if (length == line.length) {
            line = Arrays.copyOf(line, Math.min(MAX_LINE, length * 2));
        }
        line[length++] = b;
    }

    private void end() throws Fault {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        String text = new String(line, 0, end, StandardCharsets.UTF_8);
        length = 0;
        if (!greeted) {
            greet(text);
        } else if (text.isEmpty()) {
            endBlock();
        } else {
            header(text);
        }
    }

    private void greet(String text) throws Fault {
        if (!text.startsWith(GREETING)) {
            throw new Fault("greeting", "no greeting (expected: " + GREETING + "version)");
        }
        greeted = true;
        block = 0;
        greeting.accept(text.substring(GREETING.length()));
    }

    private void header(String text) throws Fault {
        int colon = text.indexOf(':');
        if (colon <= 0 || control(text)) {
            spoilt = true;
            return;
        }
        if (names.size() == MAX_LINES) {
            throw new Fault("block-too-long", "a block of more than " + MAX_LINES + " lines");
        }
        names.add(text.substring(0, colon).strip());
        values.add(text.substring(colon + 1).strip());
    }

    private static boolean control(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' && text.charAt(i) != '\t') {
                return true;
            }
        }
        return false;
    }

    private void endBlock() {
        block = 0;
        if (names.isEmpty() && !spoilt) {
            return;
        }
        var message = new AmiMessage(names, values);
        boolean bad = spoilt;
        names = new ArrayList<>();
        values = new ArrayList<>();
        spoilt = false;
        if (bad) {
            refused.accept("line");
        } else if (message.get("Event") == null && message.get("Response") == null) {
            refused.accept("kind");
        } else {
            messages.accept(message);
        }
    }
}
