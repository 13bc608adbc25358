"""Posts on Bluesky, from a Jetstream server: anybody may read there, without a key."""
