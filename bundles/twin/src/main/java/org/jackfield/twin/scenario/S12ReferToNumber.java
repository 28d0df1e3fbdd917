package org.jackfield.twin.scenario;

import java.util.List;
import org.jackfield.protocol.sip.SipHeader;

/** A transfer to a number: Teams has the host dial it, and then sends the call back to it (direct-routing 7.3). */
final class S12ReferToNumber implements Scenario {
    @Override
    public String id() {
        return "S12";
    }

    @Override
    public String title() {
        return "REFER to a number: the INVITE that comes back is a part of the transfer; once it is answered, once busy";
    }

    @Override
    public List<String> assertions() {
        return List.of("DR-57", "DR-64");
    }

    @Override
    public void play(Stage stage) {
        Stage.Call call = stage.outboundUp();
        busy(stage, call);
        answered(stage, call);
    }

    /** The number is busy: that is the transfer's failure, and the old call goes on. */
    private static void busy(Stage stage, Stage.Call call) {
        String number = stage.number();
        Transfer transfer = stage.refer(call.teams(), referTo(number));
        Part triggered = transfer.triggered();
        Stage.Expected carrier = carrier(stage, transfer, number);
        Part hairpin = comesBack(stage, transfer, number);
        Part phone = carrier.get();
        phone.refuse(486, writer -> writer.add(SipHeader.REASON, "Q.850;cause=17"));
        int told = hairpin.answered().status();
        triggered.refuse(told, writer -> {});
        int last = Transfer.status(transfer.notified(486));
        int alive = call.teams().change(call.teams().media().flowing()).status();
        call.acd().next("INVITE");
        stage.that(
                "DR-64",
                told == 486
                        && last == 486
                        && alive == 200
                        && !call.acd().kinds().contains("BYE"),
                "the number is busy: the INVITE that came back got " + told + ", NOTIFY says " + last
                        + ", and the old call goes on (" + alive + ")",
                "486 as the transfer's failure");
    }

    private static void answered(Stage stage, Stage.Call call) {
        String number = stage.number();
        Transfer transfer = stage.refer(call.teams(), referTo(number));
        Part triggered = transfer.triggered();
        stage.that(
                "DR-57",
                triggered.invite().requestUri().equals(referTo(number)),
                "Refer-To holds a number, and the INVITE goes to "
                        + triggered.invite().requestUri(),
                "the host of Refer-To, not a carrier");
        Stage.Expected carrier = carrier(stage, transfer, number);
        Part hairpin = comesBack(stage, transfer, number);
        Part phone = carrier.get();
        phone.ring(180);
        hairpin.next(180);
        triggered.ring(180);
        phone.accept();
        hairpin.accepted();
        triggered.accept();
        triggered.confirmed();
        int last = Transfer.status(transfer.notified(200));
        int left = transfer.leaves();
        stage.that(
                "DR-64",
                last == 200 && left == 200 && call.acd().up(),
                "the INVITE that came back rang " + number + " and was answered; NOTIFY says " + last,
                "one transfer, completed");
        triggered.hangUp();
        call.acd().next("BYE");
        hairpin.hangUp();
        phone.next("BYE");
    }

    private static String referTo(String number) {
        return "sip:" + number + "@sip.pstnhub.microsoft.com:5061;user=phone;transport=tls";
    }

    /** The leg that the host makes to the carrier for the INVITE that came back. */
    private static Stage.Expected carrier(Stage stage, Transfer transfer, String number) {
        return stage.expectAtTeams(
                "the call to " + number,
                leg -> leg.calledUser().equals(number)
                        && !leg.invite().requestUri().equals(transfer.referTo()));
    }

    private static Part comesBack(Stage stage, Transfer transfer, String number) {
        return stage.teamsCalls(stage.invitation()
                .withUri("sip:" + number + "@" + stage.hostPort() + ";user=phone;transport=tls")
                .with(writer -> writer.add(SipHeader.REFERRED_BY, transfer.referredBy())));
    }
}
