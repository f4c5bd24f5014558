"""The engine beside other libraries: the same split, the same machine, one run."""
