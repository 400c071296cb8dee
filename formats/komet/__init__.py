"""JSON files in the shapes of Komet Sales' public interface, as far as its methods are described.

A partner that can call those methods can put the same body into a file. Which fields the items of
an order have is only partly public; names that aren't are an agreement of ours (docs/formats.md),
and nothing here calls the interface or was tried against it.
"""
