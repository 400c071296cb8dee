"""Small Florecom messages of our own for tests."""

from __future__ import annotations

ORDER = "urn:fec:florecom:xml:data:draft:OrderStandardMessage:7"
SUPPLY = "urn:fec:florecom:xml:data:draft:SupplyStandardMessage:7"
FERAM = "urn:fec:florecom:xml:data:draft:ReusableAggregateBusinessInformationEntity:6"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:3"
NAMES = f'xmlns:f="{FERAM}" xmlns:r="{RAM}"'
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"

PRODUCT = (
    '<f:Product><f:IndustryAssignedID schemeID="1" schemeAgencyName="VBN">16207</f:IndustryAssigned'
    "ID><f:SupplierAssignedID>R60</f:SupplierAssignedID><f:DescriptionText>Rosa Avalanche+</f:Descr"
    'iptionText><f:ApplicableGoodsCharacteristics><f:TypeCode listID="8">S20</f:TypeCode><f:ValueCo'
    'de listID="9">070</f:ValueCode></f:ApplicableGoodsCharacteristics></f:Product>'
)
QUANTITY = '<f:Quantity unitCode="3">4</f:Quantity>'
PRICE = (
    "<f:Price><f:TypeCode>AE</f:TypeCode><f:ChargeAmount>0.35</f:ChargeAmount>"
    '<f:BasisQuantity unitCode="1">1</f:BasisQuantity></f:Price>'
)


def identity(scheme: str, text: str) -> str:
    return f'<f:ID schemeName="{scheme}">{text}</f:ID>'


def line(*parts: str, kind: str = "OrderTradeLineItem") -> str:
    return f"<m:{kind}>{''.join(parts)}</m:{kind}>"


def message(
    *lines: str,
    root: str = "PutOrderRequest",
    holder: str = "Order",
    namespace: str = ORDER,
    soap: str | None = None,
    message_id: str = "M-1",
) -> bytes:
    """Return a message with its header around lines, in an envelope where `soap` names one."""
    text = (
        f'<m:{root} xmlns:m="{namespace}" {NAMES}><m:Header><m:UserName/><m:Password/>'
        f"<m:MessageID>{message_id}</m:MessageID>"
        "<m:MessageDateTime>2026-11-21T08:30:00+02:00</m:MessageDateTime></m:Header>\n"
        f"<m:Body><m:{holder}>\n" + "\n".join(lines) + f"\n</m:{holder}></m:Body></m:{root}>"
    )
    if soap:
        text = f'<s:Envelope xmlns:s="{soap}"><s:Header/><s:Body>{text}</s:Body></s:Envelope>'
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}".encode()


def supply(*lines: str) -> bytes:
    return message(*lines, root="SupplyResponse", holder="SupplyResponseDetails", namespace=SUPPLY)


def supply_line(*parts: str) -> str:
    return line(*parts, kind="SupplyTradeLineItem")


def response(*lines: str) -> bytes:
    return message(*lines, root="PutOrderResponse", holder="OrderResponse")


def response_line(*parts: str) -> str:
    return line(*parts, kind="OrderResponseTradeLineItem")
