#!/usr/bin/env python3
"""An independent CSTA III peer (ECMA-323 over TCP, ECMA-354 sessions): client and switch, standard library only.

    csta_peer.py client PORT EDITION      plays a session against a switch and prints what it saw, one JSON line
    csta_peer.py switch                   prints its port, then a JSON line for each request; takes JSON lines:
                                          {"event": XML} sends an event, {"request": XML} a message of its own,
                                          {"answer": NAME, "xml": XML} sets an answer, {"cut": true} closes

It shares no code with the host or the twin. In messages, {ns} stands for the negotiated namespace.
"""

import json
import socket
import struct
import sys
import threading
import xml.etree.ElementTree as ET

BASE = "http://www.ecma-international.org/standards/ecma-323/csta/ed"
SESSION = "http://www.ecma-international.org/standards/ecma-354/appl_session"

# Children in the schema's order; editions 3 and 6 agree on all of them.
DATA = "correlatorData userData"
ACCOUNT = "accountCode authCode"
ORDER = {
    "StartApplicationSession": "applicationInfo requestedProtocolVersions requestedSessionDuration",
    "ResetApplicationSessionTimer": "sessionID requestedSessionDuration",
    "StopApplicationSession": "sessionID sessionEndReason",
    "MonitorStart": "monitorObject requestedMonitorFilter monitorType requestedMonitorMediaClass",
    "MonitorStop": "monitorCrossRefID",
    "SnapshotDevice": "snapshotObject",
    "SnapshotCall": "snapshotObject",
    "SetAgentState": "device requestedAgentState agentID password group",
    "GetAgentState": "device acdGroup",
    "RouteRegister": "routeingDevice requestedRouteingMediaClass",
    "RouteSelect": "crossRefIdentifier routeRegisterReqID routeSelected alternateRoutes remainRetries routeUsedReq "
                   "correlatorData",
    "RouteReject": "crossRefIdentifier routeRegisterReqID rejectCause correlatorData",
    "RouteEnd": "crossRefIdentifier routeRegisterReqID errorValue correlatorData",
    "MakeCall": "callingDevice calledDirectoryNumber %s autoOriginate %s callCharacteristics mediaCallCharacteristics "
                "callingConnectionInfo subjectOfCall languagePreferences reason" % (ACCOUNT, DATA),
    "AnswerCall": "callToBeAnswered " + DATA,
    "HoldCall": "callToBeHeld connectionReservation",
    "RetrieveCall": "callToBeRetrieved",
    "ClearConnection": "connectionToBeCleared %s reason" % DATA,
    "ConsultationCall": "existingCall consultedDevice connectionReservation %s %s" % (ACCOUNT, DATA),
    "ReconnectCall": "activeCall heldCall",
    "TransferCall": "heldCall activeCall",
    "ConferenceCall": "heldCall activeCall",
    "SingleStepConferenceCall": "activeCall deviceToJoin participationType",
    "SingleStepTransferCall": "activeCall transferredTo %s %s" % (ACCOUNT, DATA),
    "DeflectCall": "callToBeDiverted newDestination " + DATA,
}


class Broken(Exception):
    """The peer's bytes are no CSTA."""


def frame(invoke_id, xml):
    body = xml.encode("utf-8")
    if len(body) + 8 > 65535:
        raise ValueError("frame of %d bytes" % (len(body) + 8))
    return struct.pack(">HH", 0, len(body) + 8) + b"%04d" % invoke_id + body


class Stream:
    """Frames of a socket."""

    def __init__(self, sock):
        self.sock = sock
        self.lock = threading.Lock()

    def exactly(self, count):
        got = b""
        while len(got) < count:
            more = self.sock.recv(count - len(got))
            if not more:
                if got:
                    raise Broken("the stream ends within a frame")
                return None
            got += more
        return got

    def read(self):
        head = self.exactly(8)
        if head is None:
            return None
        form, length = struct.unpack(">HH", head[:4])
        if form != 0 or length < 8 or not head[4:].isdigit():
            raise Broken("header " + head.hex())
        body = self.exactly(length - 8)
        if body is None:
            raise Broken("the stream ends behind a header")
        return int(head[4:]), ET.fromstring(body)

    def write(self, invoke_id, xml):
        with self.lock:
            self.sock.sendall(frame(invoke_id, xml))


def local(tag):
    return tag.rsplit("}", 1)[-1]


def namespace(tag):
    return tag[1:].split("}")[0] if tag.startswith("{") else ""


def find(element, *path):
    for name in path:
        element = next((child for child in element if local(child.tag) == name), None)
        if element is None:
            return None
    return element


def text(element, *path):
    found = find(element, *path)
    return "" if found is None else "".join(found.itertext()).strip()


def out_of_order(message):
    if local(message.tag) not in ORDER:
        return None
    names = (ORDER[local(message.tag)] + " extensions").split()
    at = -1
    for child in message:
        name = local(child.tag)
        if name not in names or names.index(name) <= at:
            return "%s: %s is out of place" % (local(message.tag), name)
        at = names.index(name)
    return None


def element(name, ns, inner=""):
    return '<?xml version="1.0" encoding="UTF-8"?><%s xmlns="%s">%s</%s>' % (name, ns, inner, name)


class Client:
    def __init__(self, port, edition):
        self.ns = BASE + edition
        self.stream = Stream(socket.create_connection(("127.0.0.1", port), timeout=20))
        self.invoke_id = 0
        self.events = []
        self.strangers = []

    def take(self):
        got = self.stream.read()
        if got is None:
            raise Broken("the switch closed")
        invoke_id, message = got
        name = local(message.tag)
        if namespace(message.tag) not in (self.ns, SESSION):
            self.strangers.append(message.tag)
        if name == "SystemStatus":
            self.stream.write(invoke_id, element("SystemStatusResponse", self.ns))
        elif invoke_id == 9999:
            self.events.append(message)
        return invoke_id, name, message

    def ask(self, name, inner, ns=None):
        self.invoke_id += 1
        self.stream.write(self.invoke_id, element(name, ns or self.ns, inner))
        while True:
            invoke_id, got, message = self.take()
            if invoke_id == self.invoke_id and got != "SystemStatus":
                return message

    def event(self, name):
        while True:
            for one in self.events:
                if local(one.tag) == name:
                    self.events.remove(one)
                    return one
            self.take()


def play(port, edition):
    peer = Client(port, edition)
    seen = {}
    minute = "<requestedSessionDuration>60</requestedSessionDuration>"
    start = peer.ask(
        "StartApplicationSession",
        "<applicationInfo><applicationID>python</applicationID></applicationInfo><requestedProtocolVersions>"
        "<protocolVersion>%s</protocolVersion></requestedProtocolVersions>%s" % (peer.ns, minute), SESSION)
    session = "<sessionID>%s</sessionID>" % text(start, "sessionID")
    seen["session"] = local(start.tag)
    seen["version"] = text(start, "actualProtocolVersion")
    seen["reset"] = local(peer.ask("ResetApplicationSessionTimer", session + minute, SESSION).tag)
    wrong = peer.ask("ResetApplicationSessionTimer", "<sessionID>nobody</sessionID>" + minute, SESSION)
    seen["wrongReset"] = text(wrong, "errorCode", "definedError")
    monitor = peer.ask("MonitorStart", "<monitorObject><deviceObject>4711</deviceObject></monitorObject>")
    refused = peer.ask("MonitorStart", "<monitorObject><deviceObject>none</deviceObject></monitorObject>")
    seen["refused"] = text(refused, "operation")
    peer.ask("SetAgentState", "<device>4711</device><requestedAgentState>notReady</requestedAgentState>")
    event = peer.event("AgentNotReadyEvent")
    seen["eventOfMonitor"] = text(event, "monitorCrossRefID") == text(monitor, "monitorCrossRefID")
    seen["agentDevice"] = text(event, "agentDevice", "deviceIdentifier")
    state = peer.ask("GetAgentState", "<device>4711</device>")
    seen["state"] = text(state, "agentStateList", "agentStateEntry", "agentInfo", "agentInfoItem", "agentState")
    call = peer.ask("MakeCall", "<callingDevice>4711</callingDevice><calledDirectoryNumber>4712"
                    "</calledDirectoryNumber><correlatorData><string>6A 66\n2D31</string></correlatorData>")
    call_id = text(call, "callingDevice", "callID")
    established = peer.event("EstablishedEvent")
    seen["correlator"] = text(established, "correlatorData", "string")
    seen["sameCall"] = text(established, "establishedConnection", "callID") == call_id
    first = "<callID>%s</callID><deviceID>4711</deviceID>" % call_id
    snapshot = peer.ask("SnapshotCall", "<snapshotObject>%s</snapshotObject>" % first)
    parties = find(snapshot, "crossRefIDorSnapshotData", "snapshotData")
    seen["parties"] = sorted(text(party, "deviceOnCall") for party in parties)
    other = peer.ask("ConsultationCall",
                     "<existingCall>%s</existingCall><consultedDevice>4713</consultedDevice>" % first)
    second = "<callID>%s</callID><deviceID>4711</deviceID>" % text(other, "initiatedCall", "callID")
    peer.event("HeldEvent")
    peer.event("EstablishedEvent")
    moved = peer.ask("TransferCall", "<heldCall>%s</heldCall><activeCall>%s</activeCall>" % (first, second))
    transferred = peer.event("TransferedEvent")
    seen["transferred"] = text(transferred, "primaryOldCall", "callID") == call_id
    seen["moved"] = text(moved, "transferredCall", "callID") not in ("", call_id)
    seen["outOfOrder"] = text(peer.ask("SetAgentState", "<requestedAgentState>ready</requestedAgentState>"
                                       "<device>4711</device>"), "operation")
    seen["unknown"] = local(peer.ask("SomethingElse", "").tag)
    stopped = peer.ask("StopApplicationSession", session + "<sessionEndReason><definedEndReason>normal"
                       "</definedEndReason></sessionEndReason>", SESSION)
    seen["stopped"] = local(stopped.tag)
    seen["strangers"] = peer.strangers
    print(json.dumps(seen), flush=True)


class Switch:
    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.answers = {}
        self.stream = None
        self.ns = BASE + "4"
        self.monitors = 0
        self.invoke_id = 0
        self.lock = threading.Lock()

    def say(self, **what):
        with self.lock:
            print(json.dumps(what), flush=True)

    def answer(self, name, message):
        if name in self.answers:
            return self.answers[name]
        duration = "<actualSessionDuration>60</actualSessionDuration>"
        if name == "StartApplicationSession":
            self.ns = text(message, "requestedProtocolVersions", "protocolVersion")
            return element("StartApplicationSessionPosResponse", SESSION, "<sessionID>0042</sessionID>"
                           "<actualProtocolVersion>%s</actualProtocolVersion>%s" % (self.ns, duration))
        if name == "ResetApplicationSessionTimer":
            return element("ResetApplicationSessionTimerPosResponse", SESSION, duration)
        if name == "StopApplicationSession":
            return element("StopApplicationSessionPosResponse", SESSION)
        if name == "SystemStatus":
            return element("SystemStatusResponse", self.ns)
        if name == "MonitorStart":
            self.monitors += 1
            reference = "m%d" % self.monitors
            self.say(monitor=reference, object=text(message, "monitorObject"))
            return element("MonitorStartResponse", self.ns, "<monitorCrossRefID>%s</monitorCrossRefID>" % reference)
        if name == "RouteRegister":
            return element("RouteRegisterResponse", self.ns, "<routeRegisterReqID>r1</routeRegisterReqID>")
        if name == "GetAgentState":
            return ('<p:GetAgentStateResponse xmlns:p="{ns}"><p:agentStateList><p:agentStateEntry><p:agentID>a0'
                    "</p:agentID><p:loggedOnState>true</p:loggedOnState><p:agentInfo><p:agentInfoItem><p:acdGroup>600"
                    "</p:acdGroup><p:agentState>agentReady</p:agentState></p:agentInfoItem></p:agentInfo>"
                    "</p:agentStateEntry></p:agentStateList></p:GetAgentStateResponse>")
        if name in ("RouteSelect", "RouteReject", "RouteEnd", "SystemStatusResponse"):
            return None
        return element("CSTAErrorCode", self.ns, "<operation>serviceNotSupported</operation>")

    def serve(self):
        while True:
            sock, _ = self.listening.accept()
            self.stream = Stream(sock)
            try:
                self.session(self.stream)
                self.say(ended="closed")
            except (OSError, Broken, ET.ParseError) as problem:
                self.say(ended=str(problem))

    def session(self, stream):
        got = stream.read()
        while got is not None:
            invoke_id, message = got
            name = local(message.tag)
            if invoke_id == 9999:
                self.say(violation="9999 on " + name)
            answer = self.answer(name, message)
            if namespace(message.tag) not in (self.ns, SESSION):
                self.say(violation="namespace " + message.tag)
            fault = out_of_order(message)
            if fault:
                self.say(violation=fault)
            self.say(got=name, id=invoke_id, xml=ET.tostring(message, encoding="unicode"))
            if answer is not None:
                stream.write(invoke_id, answer.replace("{ns}", self.ns))
            got = stream.read()

    def run(self):
        threading.Thread(target=self.serve, daemon=True).start()
        self.say(port=self.listening.getsockname()[1])
        for line in sys.stdin:
            order = json.loads(line)
            if "answer" in order:
                self.answers[order["answer"]] = order["xml"]
                self.say(done=order["answer"])
            elif "event" in order:
                self.stream.write(9999, order["event"].replace("{ns}", self.ns))
            elif "request" in order:
                self.invoke_id = self.invoke_id % 9998 + 1
                self.stream.write(self.invoke_id, order["request"].replace("{ns}", self.ns))
            elif order.get("cut"):
                self.stream.sock.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    if sys.argv[1] == "client":
        play(int(sys.argv[2]), sys.argv[3])
    else:
        Switch().run()
