package org.jackfield.sip;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jackfield.plugin.LinkId;
import org.jackfield.protocol.sip.Hop;
import org.jackfield.protocol.sip.Protocol;
import org.jackfield.protocol.sip.SipConfig;
import org.jackfield.protocol.sip.SipLimits;
import org.jackfield.protocol.sip.SipTimers;
import org.jspecify.annotations.Nullable;

/** A trunk's configuration after it was checked. Immutable; times in milliseconds. */
record TrunkSettings(
        LinkId id,
        SipConfig sip,
        Hop sbc,
        Hop acd,
        Pattern teamsMatch,
        List<String> aliases,
        ReferMode refer,
        @Nullable String defaultPilot,
        long offerTimeout,
        long optionsInterval,
        long ringback,
        long ringTimeout,
        long transferTake,
        long transferMove,
        long transferBye,
        long audit,
        int maxCalls,
        String sbcName,
        @Nullable Account sbcAccount,
        @Nullable Account acdAccount,
        CallRules rules) {

    /** True for the address of the SBC or the ACD, on any port. */
    boolean isPeer(InetSocketAddress source) {
        return source.getAddress().equals(sbc.address().getAddress())
                || source.getAddress().equals(acd.address().getAddress());
    }

    /** What happens to REFER that the SBC might pass on. */
    enum ReferMode {
        PASS,
        SBC_LOCAL,
        NONE
    }

    /** All that is wrong with a configuration, for the person who edits the file. */
    static final class Faults extends Exception {
        private static final long serialVersionUID = 1;

        Faults(List<String> faults) {
            super(String.join("; ", faults));
        }
    }

    /** Checks everything and reports all faults at once. May resolve host names. */
    static TrunkSettings of(TrunkConfig config, String name) throws Faults {
        Check check = new Check("etc/org.jackfield.sip-" + name + ".cfg");
        String linkName = check.word("name", name);
        String tenant = check.word("tenant", config.tenant());
        check.range("port", config.port(), 1, 65_535);
        Set<Protocol> protocols = check.protocols(config.transports());
        Hop sbc = check.hop("sbc", config.sbc());
        Hop acd = check.hop("acd", config.acd());
        if (sbc != null && sbc.equals(acd)) {
            check.fault("acd", config.acd(), "another target than sbc");
        }
        Pattern teams = check.pattern("teamsMatch", config.teamsMatch());
        List<String> aliases = check.aliases(config.aliases());
        ReferMode refer = check.refer(config.refer());
        check.range("offerTimeoutMs", config.offerTimeoutMs(), 1, 5_000);
        if (config.optionsIntervalSeconds() != 0) {
            check.range("optionsIntervalSeconds", config.optionsIntervalSeconds(), 5, 3_600);
        }
        check.range("ringbackMs", config.ringbackMs(), 0, 60_000);
        check.range("ringTimeoutSeconds", config.ringTimeoutSeconds(), 10, 600);
        check.range("transferTakeMs", config.transferTakeMs(), 100, 30_000);
        check.range("transferMoveSeconds", config.transferMoveSeconds(), 1, 120);
        check.range("transferByeSeconds", config.transferByeSeconds(), 1, 120);
        check.range("auditSeconds", config.auditSeconds(), 1, 86_400);
        check.range("maxCalls", config.maxCalls(), 1, 100_000);
        check.range("maxMessage", config.maxMessage(), 2_048, 65_535);
        check.range("minSessionSeconds", config.minSessionSeconds(), 90, 86_400);
        CallRules rules = new CallRules(
                check.redirect(config.mode()),
                config.suppress183(),
                check.numbers("emergency", config.emergency()),
                config.minSessionSeconds(),
                config.dialogsPerSource(),
                check.challenge(config.acdChallenge(), config.acdUser()),
                check.identity(config.role(), config.advertised(), config.assertedIdentity()));
        check.range("dialogsPerSource", config.dialogsPerSource(), 100, 1_000_000);
        Account sbcAccount = check.account("sbc", config.sbcUser(), config.sbcPasswordFile());
        Account acdAccount = check.account("acd", config.acdUser(), config.acdPasswordFile());
        check.range("transactionsPerSource", config.transactionsPerSource(), 100, 1_000_000);
        check.range("connectionsPerSource", config.connectionsPerSource(), 1, 10_000);
        check.range("largestDatagram", config.largestDatagram(), 576, 65_535);
        check.done();
        if (sbc == null || acd == null || teams == null) {
            throw new IllegalStateException("a fault went unreported");
        }
        SipConfig sip = new SipConfig(
                config.host(),
                config.port(),
                protocols,
                config.advertised().trim(),
                SipTimers.RFC3261,
                new SipLimits(
                        config.maxMessage(),
                        SipLimits.DEFAULT.header(),
                        SipLimits.DEFAULT.headers(),
                        config.transactionsPerSource(),
                        config.connectionsPerSource(),
                        config.largestDatagram()),
                "sip-" + linkName);
        return new TrunkSettings(
                new LinkId(tenant, "sip", linkName),
                sip,
                sbc,
                acd,
                teams,
                aliases,
                refer,
                config.defaultPilot().isBlank() ? null : config.defaultPilot().trim(),
                config.offerTimeoutMs(),
                config.optionsIntervalSeconds() * 1_000L,
                config.ringbackMs(),
                config.ringTimeoutSeconds() * 1_000L,
                config.transferTakeMs(),
                config.transferMoveSeconds() * 1_000L,
                config.transferByeSeconds() * 1_000L,
                config.auditSeconds() * 1_000L,
                config.maxCalls(),
                config.sbcName().trim(),
                sbcAccount,
                acdAccount,
                rules);
    }

    TrunkSettings withSip(SipConfig other) {
        return new TrunkSettings(
                id,
                other,
                sbc,
                acd,
                teamsMatch,
                aliases,
                refer,
                defaultPilot,
                offerTimeout,
                optionsInterval,
                ringback,
                ringTimeout,
                transferTake,
                transferMove,
                transferBye,
                audit,
                maxCalls,
                sbcName,
                sbcAccount,
                acdAccount,
                rules);
    }

    /** Collects faults, each with the value, what was expected and the file. */
    private static final class Check {
        private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
        private static final Pattern RANGE = Pattern.compile("(\\+?)([0-9]{1,15})-\\+?([0-9]{1,15})");
        private static final Pattern USER = Pattern.compile("[\\x20-\\x7e]{1,128}");
        private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]{0,253}|\\[?[0-9A-Fa-f:.]+\\]?");
        private static final Pattern FQDN = Pattern.compile(
                "(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]{0,62}");
        private static final int MOST_ALIASES = 10_000;

        private final String file;
        private final List<String> faults = new ArrayList<>();

        Check(String file) {
            this.file = file;
        }

        void fault(String key, Object value, String expected) {
            faults.add(key + ": " + value + " (expected: " + expected + ") in " + file);
        }

        void done() throws Faults {
            if (!faults.isEmpty()) {
                throw new Faults(faults);
            }
        }

        String word(String key, String value) {
            if (!WORD.matcher(value).matches()) {
                fault(key, '"' + value + '"', "lower-case letters, digits and dashes");
            }
            return value;
        }

        void range(String key, long value, long from, long to) {
            if (value < from || value > to) {
                fault(key, value, from + "-" + to);
            }
        }

        Set<Protocol> protocols(String[] texts) {
            Set<Protocol> found = EnumSet.noneOf(Protocol.class);
            for (String text : String.join(",", texts).split(",", -1)) {
                try {
                    found.add(Protocol.of(text));
                } catch (IllegalArgumentException e) {
                    fault("transports", '"' + text + '"', "udp, tcp or both");
                }
            }
            return found;
        }

        @Nullable
        Hop hop(String key, String text) {
            try {
                return Hop.parse(text);
            } catch (IllegalArgumentException e) {
                fault(key, '"' + text + '"', "host:port;udp or host:port;tcp");
                return null;
            }
        }

        /** What the password file says is in no fault. */
        @Nullable
        Account account(String peer, String user, String file) {
            String userKey = peer + "User";
            String fileKey = peer + "PasswordFile";
            if (user.isBlank() && file.isBlank()) {
                return null;
            }
            if (user.isBlank() || file.isBlank()) {
                fault(
                        user.isBlank() ? userKey : fileKey,
                        "\"\"",
                        "both " + userKey + " and " + fileKey + ", or neither");
                return null;
            }
            if (!USER.matcher(user.trim()).matches()) {
                fault(userKey, '"' + user + '"', "1-128 printable ASCII characters");
            }
            try {
                String password = Files.readString(
                                Path.of(System.getProperty("karaf.base", ".")).resolve(file.trim()))
                        .strip();
                if (!password.isEmpty() && password.indexOf('\n') < 0) {
                    return new Account(user.trim(), password);
                }
                fault(fileKey, '"' + file + '"', "a file with one line, the password");
            } catch (IOException | InvalidPathException e) {
                fault(fileKey, '"' + file + '"', "a file that can be read");
            }
            return null;
        }

        @Nullable
        Pattern pattern(String key, String text) {
            try {
                return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
            } catch (PatternSyntaxException e) {
                fault(key, '"' + text + '"', "a regular expression");
                return null;
            }
        }

        ReferMode refer(String text) {
            return switch (text.trim()) {
                case "pass" -> ReferMode.PASS;
                case "sbc-local" -> ReferMode.SBC_LOCAL;
                case "none" -> ReferMode.NONE;
                default -> {
                    fault("refer", '"' + text + '"', "pass, sbc-local or none");
                    yield ReferMode.NONE;
                }
            };
        }

        /** Behind an SBC callers are named as they came; Teams itself wants the trunk's name and knows no address. */
        Identity identity(String role, String advertised, boolean asserted) {
            String host = advertised.trim();
            if (!HOST.matcher(host).matches()) {
                fault("advertised", '"' + advertised + '"', "a host name or an address, or nothing");
            }
            switch (role.trim()) {
                case "behind-sbc" -> {
                    return new Identity(null, true);
                }
                case "teams-facing" -> {
                    if (!FQDN.matcher(host).matches()) {
                        fault("advertised", '"' + advertised + '"', "a name with a domain, for role=teams-facing");
                    }
                    return new Identity(host, asserted);
                }
                default -> {
                    fault("role", '"' + role + '"', "behind-sbc or teams-facing");
                    return new Identity(null, true);
                }
            }
        }

        /** The algorithm, null for none. */
        @Nullable
        String challenge(String text, String user) {
            String algorithm = text.trim().toUpperCase(Locale.ROOT);
            switch (algorithm) {
                case "NONE" -> {
                    return null;
                }
                case "MD5", "SHA-256" -> {
                    if (user.isBlank()) {
                        fault("acdChallenge", '"' + text + '"', "none, or acdUser and acdPasswordFile to ask for");
                    }
                    return algorithm;
                }
                default -> {
                    fault("acdChallenge", '"' + text + '"', "none, md5 or sha-256");
                    return null;
                }
            }
        }

        boolean redirect(String text) {
            boolean redirect = text.trim().equals("redirect");
            if (!redirect && !text.trim().equals("b2bua")) {
                fault("mode", '"' + text + '"', "b2bua or redirect");
            }
            return redirect;
        }

        Set<String> numbers(String key, String text) {
            Set<String> numbers = new java.util.HashSet<>();
            for (String number : text.split(",", -1)) {
                if (number.trim().matches("\\+?[0-9*#]{2,15}")) {
                    numbers.add(number.trim());
                } else if (!number.isBlank()) {
                    fault(key, '"' + number + '"', "numbers with commas between them");
                }
            }
            return Set.copyOf(numbers);
        }

        List<String> aliases(String text) {
            List<String> numbers = new ArrayList<>();
            if (text.isBlank()) {
                return numbers;
            }
            var range = RANGE.matcher(text.trim());
            if (!range.matches() || range.group(2).length() != range.group(3).length()) {
                fault("aliases", '"' + text + '"', "FIRST-LAST, two numbers of one length");
                return numbers;
            }
            long first = Long.parseLong(range.group(2));
            long last = Long.parseLong(range.group(3));
            if (last < first || last - first >= MOST_ALIASES) {
                fault("aliases", '"' + text + '"', "1-" + MOST_ALIASES + " numbers, the lower one first");
                return numbers;
            }
            int width = range.group(2).length();
            for (long number = first; number <= last; number++) {
                numbers.add(range.group(1) + String.format("%0" + width + "d", number));
            }
            return numbers;
        }
    }
}
