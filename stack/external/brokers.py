"""Whether the brokers of others talk to us, under the names that we know and those they tell."""

from collections.abc import Iterator
from dataclasses import replace

from kafka.errors import KafkaError

from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.admin import open_admin
from access.kafka.greeting import greet_kafka
from access.kafka.tokens import TokenUnreachable
from stack.external.topic import check_topic
from stack.machine_checks import Finding

TIMEOUT_SECONDS = 5.0


def check_brokers(access: KafkaAccess, topic: str) -> Iterator[Finding]:
    """Check each broker as we name it and as it names itself, then the topic and our rights."""
    answering = []
    for server in access.servers:
        try:
            finding = check_greeting(access, server)
        except TokenUnreachable as error:
            yield Finding.quote("OAuth server", error)
            return
        yield finding
        if not finding.remedy:
            answering.append(server)
    if not answering:
        yield Finding(f"topic {topic}", "cannot be seen without a broker", "see the brokers above")
        return
    try:
        with open_admin(replace(access, servers=tuple(answering)), TIMEOUT_SECONDS) as admin:
            brokers = admin.describe_cluster()["brokers"]
            for broker in brokers:
                advertised = f"{broker['host']}:{broker['port']}"
                if advertised not in access.servers:
                    yield check_listener(access, advertised)
            yield from check_topic(admin, access, topic, len(brokers))
    except (KafkaAccessError, KafkaError, OSError) as error:
        remedy = "ask those who run it whether its brokers reach each other"
        yield Finding(f"topic {topic}", f"cannot be asked for ({error})", remedy)


def check_greeting(access: KafkaAccess, server: str) -> Finding:
    """Check that a broker answers, and takes us as we come; `TokenUnreachable` may come of it."""
    what = f"broker {server}"
    try:
        greet_kafka(replace(access, servers=(server,)), TIMEOUT_SECONDS)
    except KafkaAccessError as error:
        return Finding.quote(what, str(error).removeprefix(f"Kafka at {server} "))
    except TokenUnreachable:
        raise
    except OSError as error:
        remedy = (
            "ask those who run it whether it runs and lets this machine in, or correct "
            "TWEETS_BOOTSTRAP_SERVERS"
        )
        return Finding(what, f"does not answer ({error.strerror or error})", remedy)
    as_whom = f", takes us as {access.login.username}" if access.login else ""
    return Finding(what, f"answers by {access.security_protocol}{as_whom}")


def check_listener(access: KafkaAccess, advertised: str) -> Finding:
    """Check that a broker is reached where it sends its clients to."""
    greeted = check_greeting(access, advertised)
    what = f"listener {advertised}"
    if not greeted.remedy:
        return Finding(what, greeted.detail)
    remedy = (
        "all messages go there: ask those who run it for advertised.listeners that this machine "
        "reaches, or give that name the right address here (DNS, /etc/hosts)"
    )
    return Finding(what, f"is what a broker calls itself, but: {greeted.detail}", remedy)
