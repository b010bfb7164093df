"""How names are compared when somebody looks for one."""
