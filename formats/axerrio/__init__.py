"""The JSON channel of Axerrio systems: orders (`floral.order/1`) in, answers (`floral.ack/1`) out.

No layout of an Axerrio order file is public; this contract mirrors the elements of the public
interface between both systems and is agreed with each partner.
"""
