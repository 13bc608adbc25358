"""Keeps on disk what a live source has sent until Kafka has it: bounded, checksummed."""
