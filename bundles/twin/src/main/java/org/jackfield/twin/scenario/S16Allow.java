package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.SipHeader;
import org.jackfield.protocol.sip.SipMessage;

/**
 * Teams transfers as the host's Allow says: by REFER when that is listed, else by INVITE with Replaces (direct-routing
 * 7.1). What is expected follows from what the host lists, so this fits both settings of it.
 */
final class S16Allow implements Scenario {
    @Override
    public String id() {
        return "S16";
    }

    @Override
    public String title() {
        return "Allow with REFER: Teams refers; Allow without REFER: Teams uses Replaces";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-55");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call inbound = stage.inbound();
        inbound.acd().accept();
        boolean success = lists(inbound.teams().accepted());
        inbound.acd().confirmed();
        boolean options = lists(stage.options());
        inbound.teams().hangUp();
        Stage.Call call = stage.outboundUp();
        boolean invite = lists(call.teams().invite());
        stage.that(
                "DR-55",
                success == options && options == invite,
                "REFER is " + word(invite) + " in INVITE, " + word(success) + " in 200 and " + word(options)
                        + " in the 200 to OPTIONS",
                "the same in all three");
        Part leg = call.teams();
        Transfer transfer = stage.refer(leg, stage.teamsUser());
        int answer = transfer.send().status();
        stage.that(
                "DR-55",
                answer == (invite ? 202 : 405),
                "REFER " + word(invite) + " in Allow is answered " + answer,
                invite ? "202" : "405");
        if (answer == 202) {
            leg = transfer.came();
            leg.accept();
            leg.confirmed();
            transfer.notified(200);
            transfer.leaves();
            call.acd().next("INVITE");
        } else {
            stage.that(
                    "DR-55",
                    transfer.nobodyCalled(),
                    "a REFER that is refused makes the host call nobody",
                    "no INVITE");
        }
        Part fresh = stage.teamsReplaces(leg, "");
        int replaced = fresh.accepted().status();
        leg.next("BYE");
        call.acd().next("INVITE");
        stage.that(
                "DR-55",
                replaced == 200,
                "INVITE with Replaces, which Teams uses without REFER, is answered " + replaced,
                "200");
        fresh.hangUp();
        call.acd().next("BYE");
    }

    /** REFER and NOTIFY, which only make sense together. */
    private static boolean lists(SipMessage message) {
        List<String> allow = message.all(SipHeader.ALLOW);
        return allow.contains("REFER") && allow.contains("NOTIFY");
    }

    private static String word(boolean listed) {
        return listed ? "listed" : "not listed";
    }
}
