package org.jackfield.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sockets on which a process takes connections or datagrams, read from Linux's {@code /proc}. */
final class Listening {
    private static final String TCP_LISTEN = "0A";
    private static final String UDP_BOUND = "07";

    private Listening() {}

    /** Addresses in the kernel's notation, {@code hex address:hex port}. */
    static Set<String> addresses(ProcessHandle process) throws IOException {
        Set<String> inodes = inodes(process.pid());
        Set<String> found = new HashSet<>();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
                String[] fields = line.trim().split("\\s+");
                boolean open = fields.length > 9
                        && (fields[3].equals(table.startsWith("tcp") ? TCP_LISTEN : UDP_BOUND))
                        && inodes.contains(fields[9]);
                if (open) {
                    found.add(fields[1]);
                }
            }
        }
        return found;
    }

    /** 127.0.0.0/8, ::1, or 127.0.0.0/8 written as an IPv6 address. */
    static boolean isLoopback(String address) {
        String ip = address.substring(0, address.indexOf(':'));
        return switch (ip.length()) {
            case 8 -> ip.endsWith("7F");
            default ->
                ip.equals("00000000000000000000000001000000")
                        || ip.startsWith("0000000000000000FFFF0000") && ip.endsWith("7F");
        };
    }

    private static Set<String> inodes(long pid) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return descriptors
                    .map(Listening::target)
                    .filter(target -> target.startsWith("socket:["))
                    .map(target -> target.substring("socket:[".length(), target.length() - 1))
                    .collect(Collectors.toSet());
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
