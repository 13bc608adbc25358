"""How Kafka is reached: brokers, certificates, logins, and why it does not want us."""
