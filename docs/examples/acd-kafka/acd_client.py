# An ACD that speaks only Kafka, in Python (python3-kafka): tells a state, then carries out what it is asked for.
# python3 acd_client.py host:port TENANT NAME AGENT
import json, sys, uuid
from kafka import KafkaConsumer, KafkaProducer

broker, tenant, name, agent = sys.argv[1:5]
out = KafkaProducer(bootstrap_servers=broker, acks="all")
orders = KafkaConsumer(f"jackfield.{tenant}.command", bootstrap_servers=broker,
                       group_id=f"my-acd-{name}", auto_offset_reset="latest")


def send(key, kind, data):
    headers = {"ce_specversion": "1.0", "ce_id": str(uuid.uuid4()), "ce_source": "/my-acd",
               "ce_type": f"org.jackfield.{kind}.v1"}
    out.send(f"jackfield.{tenant}.in.{name}", json.dumps(data).encode(), key.encode(),
             [(k, v.encode()) for k, v in headers.items()]).get(10)


def state(value):
    send(agent, "agent.state.changed", {"agent": agent, "state": value, "groups": [], "resync": False})


while not orders.assignment():
    orders.poll(200)
state("READY")
for order in orders:
    head, data = {k: v.decode() for k, v in order.headers}, json.loads(order.value)
    print(head["ce_type"], data, flush=True)
    if head["ce_type"] == "org.jackfield.command.agent.state.v1":
        state(data["state"])
        send(head["ce_id"], "command.result", {"command": head["ce_id"], "outcome": "done"})
