"""What IT's tools need to set Twinreel's configuration, made from `contract.desk_keys`."""
