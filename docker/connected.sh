#!/bin/sh
# Says whether this container holds a connection to a broker.
set -eu
port=${TWEETS_BOOTSTRAP_SERVERS##*:}
# As the kernel lists it: the other end's port in hexadecimal, and 01 for established.
grep -q "$(printf ':%04X 01' "$port")" /proc/net/tcp /proc/net/tcp6
