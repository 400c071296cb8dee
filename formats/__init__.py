'''Trade formats as a library: bytes to canonical records and back.

Nothing here opens a path, reads a clock or talks to a database. `read` is the one door: it tells
what a file is from its content, lets that family's reader read it, and raises nothing, whatever the
bytes are. What is wrong with a file is data: findings, each with a stable code, a place and a
sentence that says what to do.

>>> from formats import read
>>> order = b"""po_number,line,product_code,boxes,box_type,unit_type,unit_cost
... PO-1,1,ROS-RED-60,10,HB,box,36.50
... PO-1,2,ALS-MIX,four,QB,box,28
... """
>>> reading = read(order)
>>> reading.format
<Format.DELIMITED: 'delimited'>
>>> (document,) = reading.documents()
>>> document.record.number
'PO-1'
>>> for line in document.record.lines:
...     print(line.reference, line.buyer_item, line.quantity, line.unit, line.unit_price)
1 ROS-RED-60 10 Box 36.50
>>> for finding in document.findings:
...     print(finding.severity, finding.code, finding.where)
error csv.boxes row 3, column boxes

Documents come one by one, in the order of the file, so that a large file takes the room of one of
them. A document without a record can't be used, and its findings say why; one with a record may
have findings too, for what was left out of it. `reading.findings` is about the file itself.

What bytes can't say (whose file it is, a decimal comma, who may be addressed) stands in `Agreed`.
What a family knows beyond documents, such as what a 997 reports, is in `reading.family`.
'''

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from formats.door import Agreed, FileReading, read

__all__ = ["Agreed", "FileReading", "read"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load the door when it is first used: a command that needs one value waits for nothing."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from formats import door  # noqa: PLC0415  (the daemon's commands start without it)

        return getattr(door, name)
