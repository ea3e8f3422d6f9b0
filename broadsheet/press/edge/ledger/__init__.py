"""The ledger of readings: which stories are counted for whom in which month.

It is exact: for one person and one month it never holds more stories than the allowance, and none
twice, whatever the number of tabs, workers and machines that ask at once. ``front`` is what the
edge and Django call; ``sqlite``, ``postgres`` and ``valkey`` are the stores behind it.
"""
