#!/usr/bin/env bash
# Runs the NameNode; the folder of its names is made only where there is none.
set -euo pipefail
PATH=$PATH:/opt/hadoop/bin
if [[ ! -f ${HDFS_DATA:-/data}/namenode/current/VERSION ]]; then
  hdfs namenode -format -nonInteractive
fi
exec hdfs namenode
