"""Other libraries beside ours, each in a process of its own and, where it must, an environment.

`script` is what runs there; it imports nothing of this project.
"""
