"""Words of the trade in headers and cells, in English, Dutch and Spanish, and the fields they mean.

`guess` proposes with them; nothing that was declared is ever overruled by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _units(words: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({word: unit for unit, text in words.items() for word in text.split()})


UNIT_WORDS: Mapping[str, str] = _units(
    {
        "Stem": "stem stems st stk stuk stuks steel stelen tallo tallos tal ea each pce pcs",
        "Bunch": "bunch bunches bos bossen bs bx2 x2 ramo ramos ram bonch bonches bn bch",
        "Box": "box boxes bx doos dozen ds caja cajas cj carton ctn case cs",
    }
)
"""Unit words as `column_key` gives them."""

_FIELD_WORDS: Mapping[str, str] = {
    "po_number": "po|po number|po no|po nr|order|order number|order no|ordernummer|bestelnummer"
    "|bestelling|pedido|numero de pedido|no pedido|orden|orden de compra",
    "line": "line|line no|line number|regel|regelnummer|linea|item no|renglon",
    "vendor_id": "vendor id|vendorid",
    "vendor_code": "vendor|vendor code|supplier|supplier code|grower|farm|farm code|leverancier"
    "|leverancierscode|kweker|proveedor|codigo proveedor|finca|cultivo",
    "buyer_code": "buyer|buyer code|koper|comprador",
    "customer_code": "customer|customer code|klant|klantnummer|klantcode|debiteur|cliente"
    "|codigo cliente",
    "customer_po": "customer po|klantreferentie|klant order|po cliente|referencia cliente",
    "product_description": "product|description|product description|variety|item description"
    "|omschrijving|artikelomschrijving|artikel|soort|productomschrijving|naam|bloem|product name"
    "|descripcion|producto|variedad|descripcion del producto|flor",
    "product_code": "product code|item|item code|sku|code|artikelnummer|artikelcode|productcode"
    "|vbn|vbn code|codigo|codigo producto|codigo articulo",
    "available_from": "available from|available|date|availability date|ready date|beschikbaar"
    "|beschikbaar vanaf|vanaf|datum|disponible|disponible desde|fecha|fecha disponible|desde",
    "available_to": "available to|until|tot|tot en met|beschikbaar tot|hasta|disponible hasta",
    "future_sale_from": "future sale from|future sale|future from|future sales|in stock from"
    "|verwacht|verwacht op|voorverkoop vanaf|preventa desde|venta futura desde|venta futura",
    "cut_date": "cut date|cut on|cut|harvest date|harvested|pack date|packed on|snijdatum"
    "|oogstdatum|geoogst|fecha de corte|fecha corte|corte|fecha de cosecha|cosecha"
    "|fecha de empaque",
    "quantity": "quantity|qty|quantity units|qty available|available qty|stock|aantal|hoeveelheid"
    "|voorraad|beschikbaar aantal|cantidad|cant|existencia|inventario|unidades disponibles",
    "unit_type": "unit|unit type|uom|units|eenheid|verpakkingseenheid|unidad|tipo de unidad|um",
    "post_harvest": "post harvest|postharvest|behandeling|postcosecha|tratamiento",
    "category": "category|group|categorie|productgroep|groep|categoria|familia|grupo",
    "color": "color|colour|kleur|color flor|colores",
    "grade": "grade|length|stem length|lengte|steellengte|sortering|grado|largo|longitud|calidad",
    "unit_cost": "price|cost|unit cost|unit price|fob|fob price|prijs|kostprijs|stuksprijs"
    "|eenheidsprijs|precio|costo|precio unitario|costo unitario|valor",
    "box_type": "box type|box|packing|doostype|fust|fustcode|verpakking|tipo caja|tipo de caja"
    "|caja|empaque",
    "boxes": "boxes|box qty|qty boxes|boxes ordered|no of boxes|colli|dozen|aantal dozen"
    "|aantal colli|cajas|numero de cajas|piezas|cantidad cajas",
    "bunches": "bunches|bunches box|bunches per box|pack|bossen|bossen per doos|aantal bossen"
    "|ramos|ramos caja|ramos por caja",
    "stems_bunch": "stems|stems bunch|stems per bunch|stelen|stelen per bos|stelen bos"
    "|aantal stelen|tallos|tallos ramo|tallos por ramo|tallos x ramo",
    "tag": "tag|label|etiket|etiqueta|marca comercial",
    "location": "location|location code|warehouse|locatie|magazijn|ubicacion|bodega|sucursal",
    "upc": "upc|ean|gtin|barcode product",
    "ship_date": "ship date|shipping date|departure|verzenddatum|vertrekdatum|leverdatum"
    "|fecha de envio|fecha despacho|fecha de despacho|fecha salida|fecha embarque",
    "truck_date": "truck date|delivery date|afleverdatum|fecha de entrega|fecha entrega",
    "carrier_code": "carrier|carrier code|vervoerder|transporteur|transportista|transporte",
    "ship_to_code": "ship to|ship to code|afleveradres|destino|codigo destino",
    "ship_to_name": "ship to name|consignee|ontvanger|consignatario|nombre destino",
    "mark_code": "mark|mark code|merk|marca|marcacion",
    "awb": "awb|air waybill|mawb|guia|guia aerea|guia madre|luchtvrachtbrief",
    "house_awb": "hawb|house awb|guia hija",
    "box_code": "box code|box id|barcode|dooscode|codigo caja|codigo de caja|codigo pieza",
    "current_box_code": "current box code|old box code|oude dooscode|codigo actual",
    "new_box_code": "new box code|nieuwe dooscode|codigo nuevo",
    "status": "status|answer|antwoord|estado|respuesta",
    "confirmed_boxes": "confirmed boxes|confirmed|bevestigd|bevestigd aantal|cajas confirmadas"
    "|confirmado",
    "confirmed_cost": "confirmed cost|bevestigde prijs|precio confirmado",
    "message": "message|comment|remarks|opmerking|opmerkingen|mensaje|comentario|observaciones",
    "parent_line": "parent line|parent line no|hoofdregel|linea padre",
    "currency": "currency|valuta|munt|moneda",
    "order_type": "order type|type of order|ordersoort|ordertype|tipo de pedido|tipo de orden",
    "incoterm": "incoterm|incoterms|delivery terms|terms of delivery|leveringsvoorwaarde"
    "|leveringsconditie|condiciones de entrega|termino de entrega",
    "cargo_agency": "cargo agency|agency|freight forwarder|forwarder|expediteur|agencia"
    "|agencia de carga|agencia carga",
    "brand": "brand|brand name|merknaam|nombre de marca",
    "lot_number": "lot|lot number|partij|partijnummer|lote",
}


def field_words() -> Mapping[str, tuple[str, ...]]:
    """Return the words that mean each field, most usual first."""
    return {name: tuple(text.split("|")) for name, text in _FIELD_WORDS.items()}
