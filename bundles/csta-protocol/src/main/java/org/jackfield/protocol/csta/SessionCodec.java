package org.jackfield.protocol.csta;

import java.util.ArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** ECMA-354's session messages and ECMA-323's system status and errors. */
final class SessionCodec {
    /** Where Avaya puts user and password. */
    private static final String LOGIN_NAMESPACE = "http://www.avaya.com/csta";

    private SessionCodec() {}

    static void register(Codecs to) {
        to.add("StartApplicationSession", SessionMessage.Start.class, SessionCodec::start, SessionCodec::write);
        to.add("StartApplicationSessionPosResponse", SessionMessage.Started.class, SessionCodec::started, (m, out) -> {
            out.leaf("sessionID", m.sessionId());
            out.leaf("actualProtocolVersion", m.version());
            out.leaf("actualSessionDuration", m.duration());
        });
        to.add(
                "StartApplicationSessionNegResponse",
                SessionMessage.StartRefused.class,
                in -> refused(in, SessionMessage.StartRefused::new),
                (m, out) -> error(m.error(), out));
        to.add("ResetApplicationSessionTimer", SessionMessage.ResetTimer.class, SessionCodec::reset, (m, out) -> {
            out.leaf("sessionID", m.sessionId());
            out.leaf("requestedSessionDuration", m.duration());
        });
        to.add(
                "ResetApplicationSessionTimerPosResponse",
                SessionMessage.TimerReset.class,
                SessionCodec::timerReset,
                (m, out) -> out.leaf("actualSessionDuration", m.duration()));
        to.add(
                "ResetApplicationSessionTimerNegResponse",
                SessionMessage.ResetRefused.class,
                in -> refused(in, SessionMessage.ResetRefused::new),
                (m, out) -> error(m.error(), out));
        to.add("StopApplicationSession", SessionMessage.Stop.class, SessionCodec::stop, (m, out) -> {
            out.leaf("sessionID", m.sessionId());
            choice("sessionEndReason", m.reason(), "normal", "definedEndReason", "appEndReason", out);
        });
        to.add(
                "StopApplicationSessionPosResponse",
                SessionMessage.Stopped.class,
                in -> new SessionMessage.Stopped(),
                (m, out) -> {});
        to.add(
                "StopApplicationSessionNegResponse",
                SessionMessage.StopRefused.class,
                in -> refused(in, SessionMessage.StopRefused::new),
                (m, out) -> error(m.error(), out));
        to.add("ApplicationSessionTerminated", SessionMessage.Terminated.class, SessionCodec::terminated, (m, out) -> {
            out.leaf("sessionID", m.sessionId());
            boolean defined =
                    m.reason().equals("resourceLimitation") || m.reason().equals("sessionTimerExpired");
            choice(
                    "sessionTermReason",
                    m.reason(),
                    defined ? m.reason() : "",
                    "definedTermReason",
                    "serverTermReason",
                    out);
        });
        to.add(
                "SystemStatus",
                SystemMessage.Status.class,
                in -> new SystemMessage.Status(status(in)),
                (m, out) -> out.leaf("systemStatus", m.status()));
        to.add(
                "SystemStatusResponse",
                SystemMessage.StatusAnswer.class,
                in -> new SystemMessage.StatusAnswer(),
                (m, out) -> {});
        to.add("RequestSystemStatus", SystemMessage.Request.class, in -> new SystemMessage.Request(), (m, out) -> {});
        to.add(
                "RequestSystemStatusResponse",
                SystemMessage.RequestAnswer.class,
                in -> new SystemMessage.RequestAnswer(status(in)),
                (m, out) -> out.leaf("systemStatus", m.status()));
        to.add("SystemRegister", SystemMessage.Register.class, SessionCodec::register, (m, out) -> {
            out.open("requestTypes");
            out.leaf("systemStatus", m.status());
            out.leaf("requestSystemStatus", m.requests());
            out.leaf("switchingFunctionCapsChanged", m.capabilities());
            out.leaf("switchingFunctionDevicesChanged", m.devices());
            out.close("requestTypes");
        });
        to.add(
                "SystemRegisterResponse",
                SystemMessage.Registered.class,
                in -> new SystemMessage.Registered(MonitorCodec.only(in, "sysStatRegisterID")),
                (m, out) -> out.leaf("sysStatRegisterID", m.registerId()));
        to.add(
                "SystemRegisterCancel",
                SystemMessage.RegisterCancel.class,
                in -> new SystemMessage.RegisterCancel(MonitorCodec.only(in, "sysStatRegisterID")),
                (m, out) -> out.leaf("sysStatRegisterID", m.registerId()));
        to.add(
                "SystemRegisterCancelResponse",
                SystemMessage.RegisterCancelled.class,
                in -> new SystemMessage.RegisterCancelled(),
                (m, out) -> {});
        to.add("CSTAErrorCode", CstaError.class, SessionCodec::cstaError, (m, out) -> out.leaf(m.category(), m.code()));
    }

    private static SessionMessage start(XmlIn in) throws CstaFormatException {
        String application = "";
        SessionMessage.Login login = null;
        var versions = new ArrayList<String>();
        Integer duration = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "applicationInfo" -> {
                    int info = in.level();
                    while (in.next(info)) {
                        switch (in.name()) {
                            case "applicationID" -> application = in.text();
                            case "applicationSpecificInfo" -> login = login(in);
                            default -> {}
                        }
                    }
                }
                case "requestedProtocolVersions" -> {
                    int list = in.level();
                    while (in.next(list)) {
                        versions.add(in.text());
                    }
                }
                case "requestedSessionDuration" -> duration = in.number();
                default -> {}
            }
        }
        return new SessionMessage.Start(application, login, versions, orZero(duration));
    }

    private static SessionMessage.@Nullable Login login(XmlIn in) throws CstaFormatException {
        int specific = in.level();
        String user = null;
        String password = "";
        while (in.next(specific)) {
            int inside = in.level();
            while (in.next(inside)) {
                switch (in.name()) {
                    case "userName" -> user = in.text();
                    case "password" -> password = in.text();
                    default -> {}
                }
            }
        }
        return user == null ? null : new SessionMessage.Login(user, new Secret(password));
    }

    private static void write(SessionMessage.Start m, XmlOut out) {
        out.open("applicationInfo");
        out.leaf("applicationID", m.applicationId());
        SessionMessage.Login login = m.login();
        if (login != null) {
            out.open("applicationSpecificInfo");
            out.open("SessionLoginInfo", LOGIN_NAMESPACE);
            out.leaf("userName", login.user());
            out.leaf("password", login.password().value());
            out.close("SessionLoginInfo");
            out.close("applicationSpecificInfo");
        }
        out.close("applicationInfo");
        out.open("requestedProtocolVersions");
        m.versions().forEach(version -> out.leaf("protocolVersion", version));
        out.close("requestedProtocolVersions");
        out.leaf("requestedSessionDuration", m.duration());
    }

    private static SessionMessage started(XmlIn in) throws CstaFormatException {
        String id = "";
        String version = "";
        Integer duration = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "sessionID" -> id = in.text();
                case "actualProtocolVersion" -> version = in.text();
                case "actualSessionDuration" -> duration = in.number();
                default -> {}
            }
        }
        return new SessionMessage.Started(id, version, orZero(duration));
    }

    private static SessionMessage reset(XmlIn in) throws CstaFormatException {
        String id = "";
        Integer duration = null;
        int level = in.level();
        while (in.next(level)) {
            switch (in.name()) {
                case "sessionID" -> id = in.text();
                case "requestedSessionDuration" -> duration = in.number();
                default -> {}
            }
        }
        return new SessionMessage.ResetTimer(id, orZero(duration));
    }

    private static SessionMessage timerReset(XmlIn in) throws CstaFormatException {
        Integer duration = null;
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals("actualSessionDuration")) {
                duration = in.number();
            }
        }
        return new SessionMessage.TimerReset(orZero(duration));
    }

    private static SessionMessage stop(XmlIn in) throws CstaFormatException {
        String[] found = idAndReason(in, "sessionEndReason");
        return new SessionMessage.Stop(found[0], found[1]);
    }

    private static SessionMessage terminated(XmlIn in) throws CstaFormatException {
        String[] found = idAndReason(in, "sessionTermReason");
        return new SessionMessage.Terminated(found[0], found[1]);
    }

    private static String[] idAndReason(XmlIn in, String reason) throws CstaFormatException {
        String[] found = {"", ""};
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals("sessionID")) {
                found[0] = in.text();
            } else if (in.name().equals(reason)) {
                found[1] = in.text();
            }
        }
        return found;
    }

    private static CstaMessage refused(XmlIn in, Function<String, CstaMessage> make) throws CstaFormatException {
        String error = "";
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals("errorCode")) {
                error = in.text();
            }
        }
        return make.apply(error);
    }

    private static void error(String error, XmlOut out) {
        out.open("errorCode");
        out.leaf("definedError", error);
        out.close("errorCode");
    }

    private static void choice(
            String name, String text, String defined, String definedAs, String otherwise, XmlOut out) {
        out.open(name);
        out.leaf(text.equals(defined) ? definedAs : otherwise, text);
        out.close(name);
    }

    private static CstaMessage register(XmlIn in) throws CstaFormatException {
        boolean[] wanted = new boolean[4];
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals("requestTypes")) {
                int types = in.level();
                while (in.next(types)) {
                    switch (in.name()) {
                        case "systemStatus" -> wanted[0] = in.bool();
                        case "requestSystemStatus" -> wanted[1] = in.bool();
                        case "switchingFunctionCapsChanged" -> wanted[2] = in.bool();
                        case "switchingFunctionDevicesChanged" -> wanted[3] = in.bool();
                        default -> {}
                    }
                }
            }
        }
        return new SystemMessage.Register(wanted[0], wanted[1], wanted[2], wanted[3]);
    }

    private static @Nullable String status(XmlIn in) throws CstaFormatException {
        String status = null;
        int level = in.level();
        while (in.next(level)) {
            if (in.name().equals("systemStatus")) {
                status = in.textOrNull();
            }
        }
        return status;
    }

    private static CstaMessage cstaError(XmlIn in) throws CstaFormatException {
        var error = new CstaError(CstaError.UNSPECIFIED, "");
        boolean found = false;
        int level = in.level();
        while (in.next(level)) {
            if (!found && !in.name().equals("extensions")) {
                String category = in.name();
                error = new CstaError(category, in.text());
                found = true;
            }
        }
        return error;
    }

    private static int orZero(@Nullable Integer number) {
        return number == null ? 0 : number;
    }
}
