"""Packing lists: what is in every box of a shipment, as cargo agencies and truck lines take it.

The elements are those of one agency's public description; its rules for values and the end of its
column list aren't public, so what is read and written here is an agreement of ours.
"""
