package org.jackfield.protocol.csta;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IClassCoverage;
import org.jacoco.core.analysis.ICounter;
import org.jacoco.core.tools.ExecFileLoader;

/** The branches of the classes that read, as JaCoCo's agent counted them in this process. */
record Branches(int covered, int total, String report) {
    /** What reads frames and documents; the writers' branches are in the same files where both are lambdas. */
    private static final List<Class<?>> READER = List.of(
            FrameDecoder.class,
            XmlIn.class,
            MessageDecoder.class,
            Extensions.class,
            HexData.class,
            Device.class,
            AgentState.class,
            SessionCodec.class,
            MonitorCodec.class,
            AgentCodec.class,
            RouteCodec.class,
            CallCodec.class,
            CallEventCodec.class,
            CapabilityCodec.class,
            FeatureCodec.class);

    static Branches ofTheReader() throws ReflectiveOperationException, IOException {
        Object agent =
                Class.forName("org.jacoco.agent.rt.RT").getMethod("getAgent").invoke(null);
        byte[] data = (byte[]) Class.forName("org.jacoco.agent.rt.IAgent")
                .getMethod("getExecutionData", boolean.class)
                .invoke(agent, false);
        var loader = new ExecFileLoader();
        loader.load(new ByteArrayInputStream(data));
        var builder = new CoverageBuilder();
        var analyzer = new Analyzer(loader.getExecutionDataStore(), builder);
        for (Class<?> one : READER) {
            analyze(analyzer, one);
            for (Class<?> inner : one.getDeclaredClasses()) {
                analyze(analyzer, inner);
            }
        }
        int covered = 0;
        int total = 0;
        var text = new StringBuilder();
        for (IClassCoverage one : builder.getClasses()) {
            ICounter counter = one.getBranchCounter();
            covered += counter.getCoveredCount();
            total += counter.getTotalCount();
            if (counter.getMissedCount() > 0) {
                text.append(", ")
                        .append(one.getName().substring(one.getName().lastIndexOf('/') + 1))
                        .append(' ')
                        .append(counter.getCoveredCount())
                        .append('/')
                        .append(counter.getTotalCount());
            }
        }
        return new Branches(
                covered, total, "branches of the reader " + covered + " of " + total + ", incomplete" + text);
    }

    private static void analyze(Analyzer analyzer, Class<?> one) throws IOException {
        String name = one.getName().replace('.', '/');
        try (InputStream in = one.getResourceAsStream("/" + name + ".class")) {
            analyzer.analyzeClass(in, name);
        }
    }

    double share() {
        return (double) covered / total;
    }
}
