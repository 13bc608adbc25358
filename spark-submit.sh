#!/usr/bin/env bash
# Runs the streaming job. Takes --available-now, and every option of spark-submit:
#   ./spark-submit.sh --master spark://host:7077 --executor-memory 4g
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

python=${PYSPARK_PYTHON:-$PWD/.venv/bin/python}
if [[ ! -x $python ]]; then
  echo "There is no Python at $python: run \`make setup\` first." >&2
  exit 1
fi
jars=("$("$python" -c 'import sys; print(sys.prefix)')"/jars/spark/*.jar)
if [[ ! -f ${jars[0]} ]]; then
  echo "The jars of Kafka's connector are missing: run \`make setup\` first." >&2
  exit 1
fi

submit_options=()
job_options=()
for option in "$@"; do
  if [[ $option == --available-now ]]; then
    job_options+=("$option")
  else
    submit_options+=("$option")
  fi
done

JAVA_HOME=$("$python" -m stack.java)
hadoop_conf=${TWEETS_LOCAL_DIR:-.data}/stack/hadoop-conf
if [[ -z ${HADOOP_CONF_DIR:-} && -d $hadoop_conf ]]; then
  export HADOOP_CONF_DIR=$hadoop_conf
fi
export JAVA_HOME PYSPARK_PYTHON=$python PYTHONPATH=$PWD${PYTHONPATH:+:$PYTHONPATH}
export SPARK_LOCAL_IP=${SPARK_LOCAL_IP:-127.0.0.1}

"$(dirname "$python")/spark-submit" \
  --master 'local[2]' \
  --driver-memory 1g \
  --jars "$(IFS=,; echo "${jars[*]}")" \
  --conf spark.log.level=ERROR \
  --conf spark.ui.showConsoleProgress=false \
  --conf spark.driver.extraJavaOptions=-XX:+UseParallelGC \
  ${submit_options[@]+"${submit_options[@]}"} \
  jobs/classify_tweets.py ${job_options[@]+"${job_options[@]}"} &
submit=$!

# A signal goes to the driver alone, Spark's Python child, which ends the query between two batches;
# the JVM would tear it down in the middle of one.
stop_driver() { pkill -TERM -P "$submit" || kill -TERM "$submit"; }
trap stop_driver TERM INT
while :; do
  code=0
  wait "$submit" || code=$?
  kill -0 "$submit" 2>/dev/null || break
done
exit "$code"
