"""Papers and truck lines' files as files of a partner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from daemon.errors import UnwritableError
from daemon.ledger.posting import OutgoingFile
from daemon.trade.papers.bills import PrintedBill
from daemon.trade.papers.manifests import Loading
from formats.findings import Finding
from formats.papers.bill import write_csv
from formats.papers.bill_pdf import write_pdf
from formats.papers.customs import CustomsList, write_customs
from formats.papers.manifest import write_csv as manifest_csv
from formats.papers.manifest import write_fixed, write_local_delivery


def bill_files(bills: Iterable[PrintedBill]) -> list[OutgoingFile]:
    """Return each bill as PDF and CSV, for the vendor from whose door the goods leave."""
    return [
        OutgoingFile(each.vendor.name, "bol", each.bill.number, extension, body, is_answer=False)
        for each in bills
        for extension, body in (("pdf", write_pdf(each.bill)), ("csv", write_csv(each.bill)))
    ]


def customs_files(lists: Mapping[str, Sequence[CustomsList]]) -> list[OutgoingFile]:
    """Return each vendor's goods under an air waybill as CSV, where any travel."""
    return [_customs(vendor, own) for vendor, own in lists.items() if own]


def _customs(vendor: str, own: Sequence[CustomsList]) -> OutgoingFile:
    body, reference = write_customs(own), f"{vendor}-{own[0].awb}"
    return OutgoingFile(vendor, "customs", reference, "csv", body, is_answer=False)


def manifest_files(loading: Loading) -> list[OutgoingFile]:
    """Return the file of a truck line, in its layout; none where no box is ready."""
    manifest, terms = loading.manifest, loading.partner.hauling
    if manifest is None:
        return []
    cuts: list[Finding] = []
    extension = "txt" if terms.layout == "fixed" else "csv"
    try:
        if terms.layout == "fixed":
            body = write_fixed(manifest, terms.columns, terms.widths, warnings=cuts)
        elif terms.layout == "local-delivery":
            body = write_local_delivery(manifest, warnings=cuts)
        else:
            body = manifest_csv(manifest, terms.columns)
    except ValueError as error:
        raise UnwritableError(
            f"the file for {loading.partner.name} can't be written: {error}"
        ) from error
    named = (loading.partner.name, "manifest", manifest.batch, extension, body)
    return [OutgoingFile(*named, is_answer=False, notes=tuple(cuts))]
