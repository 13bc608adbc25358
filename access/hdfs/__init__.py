"""How HDFS is reached: NameNodes, the account, and Kerberos."""
