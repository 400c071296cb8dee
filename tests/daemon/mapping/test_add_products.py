"""Writing new products into the tables: both or none, in the tables' own style (M-15)."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.errors import SiteError
from daemon.mapping.add_products import NewProduct, add_products
from daemon.mapping.rows import TRAITS, Kind
from tests.daemon.mapping.samples import PARTNERS, TODAY, copied_sample, problems

NEW = NewProduct("florsol", "FS-9001", "Rosa Granate 70cm", "Roses", "Granate", "Red", "70 cm")


def added(folder: Path, *new: NewProduct) -> list[str]:
    """Return the codes that the products got."""
    before = {line.split(",")[0] for line in lines(folder, "catalogue.csv")}
    tables = add_products(folder, new, partners=PARTNERS, today=TODAY)
    return [code for code in tables.catalogue if code not in before]


def lines(folder: Path, name: str) -> list[str]:
    return (folder / name).read_bytes().decode().splitlines()


def test_tables_keep_every_other_row_and_get_the_column_that_names_the_vendor(
    tmp_path: Path,
) -> None:
    folder = copied_sample(tmp_path)
    before = {name: lines(folder, name) for name in ("catalogue.csv", "products.csv")}
    assert added(folder, NEW) == ["FLORSOL-FS-9001"]
    catalogue, products = lines(folder, "catalogue.csv"), lines(folder, "products.csv")
    assert catalogue[0] == before["catalogue.csv"][0] + ",from_vendor"
    assert catalogue[1:-1] == before["catalogue.csv"][1:]
    assert catalogue[-1] == (
        "FLORSOL-FS-9001,Rosa Granate 70cm,Roses,Granate,Red,70 cm,yes,florsol"
    )
    assert products[:-1] == before["products.csv"]
    assert products[-1].startswith("florsol,,FS-9001,Rosa Granate 70cm,FLORSOL-FS-9001,,yes,,,")
    again = NewProduct("florsol", "FS-9002", "Rosa Granate 80cm")
    assert added(folder, again) == ["FLORSOL-FS-9002"]
    assert lines(folder, "catalogue.csv")[0].count("from_vendor") == 1


def test_tables_of_a_spreadsheet_stay_as_it_saved_them(tmp_path: Path) -> None:
    folder = copied_sample(tmp_path)
    file = folder / "catalogue.csv"
    text = file.read_text().replace(",", ";").replace("\n", "\r\n").rstrip("\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    added(folder, NEW)
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfcode;description;")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert content.endswith(b";florsol\r\n")


def test_codes_are_ours_plain_short_and_never_taken(tmp_path: Path) -> None:
    folder = copied_sample(tmp_path)
    new = (
        NewProduct("andes", "", "Clavel Ámbar / 2.ª"),
        NewProduct("andes", "CLAVEL AMBAR 2", "Otro"),
        NewProduct("andes", "", "x" * 300),
    )
    codes = added(folder, *new)
    assert codes[0].startswith("ANDES-CLAVEL-AMBAR-2")
    assert len(set(codes)) == 3
    longest = TRAITS[Kind.PRODUCTS].longest
    assert all(len(code) <= longest for code in codes)


def test_a_set_that_would_not_check_is_left_as_it_is(tmp_path: Path) -> None:
    folder = copied_sample(tmp_path)
    broken = folder / "packs.csv"
    broken.write_text(broken.read_text() + "florsol,GONE,HB,12,25,Stem,yes,,,\n")
    before = (folder / "catalogue.csv").read_bytes()
    with pytest.raises(SiteError):
        add_products(folder, [NEW], partners=PARTNERS, today=TODAY)
    assert (folder / "catalogue.csv").read_bytes() == before


def test_a_vendor_that_nobody_knows_is_refused_in_the_catalogue() -> None:
    text = "code,description,from_vendor\nR60,Rose Red 60 cm,florsoll\nR50,Rose,\n"
    (said,) = problems({"catalogue.csv": text})
    assert "column from_vendor: florsoll is no partner of this site; did you mean florsol?" in said
