#!/bin/sh
# Says whether this container holds a connection to the port of a broker that the settings name.
set -eu
for server in $(echo "$TWEETS_BOOTSTRAP_SERVERS" | tr , ' '); do
  # As the kernel lists it: the other end's port in hexadecimal, and 01 for established.
  if grep -q "$(printf ':%04X 01' "${server##*:}")" /proc/net/tcp /proc/net/tcp6; then
    exit
  fi
done
exit 1
