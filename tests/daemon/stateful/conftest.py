"""The plays are run by `make play`, not with the suite: one of them shows an order that is open.

Its story: an order that its vendor confirmed keeps a line without an answer after a replacement.
Until it is told whether the rules or the books of the plays are wrong, the plays look for more.
"""

collect_ignore = ["test_play.py"]
