"""The whole product on one machine for trying it out: what `make run` starts, watches and stops."""
