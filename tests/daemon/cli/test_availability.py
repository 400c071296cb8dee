"""`k2kd availability` and `k2kd connections`: what buyers see, and every reason why they don't."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from daemon import config
from daemon.ledger import schema
from daemon.ledger.store import open_ledger
from daemon.mapping.load import load
from tests.daemon.cli.conftest import Run, Said
from tests.daemon.sites import outboxes
from tests.daemon.today import day
from tests.daemon.trade.views.showroom import Shown

AGREED = "agreed = { vendor = 2026-01-05, buyer = 2026-01-05 }"


def offers(run: Run, *words: str) -> list[Any]:
    said = run("availability", *words, "--json")
    assert said.code == 0, said.err
    return list(said.json())


def lot(run: Run, product: str, *words: str) -> Any:
    """Return the explanation of florsol's one lot of a product to bloom."""
    (one,) = offers(run, "bloom", "--vendor", "florsol", "--product", product, "--explain", *words)
    return one


def rules(reasons: list[Any]) -> list[str]:
    return [reason["rule"] for reason in reasons]


def edit(site: Path, old: str, new: str) -> None:
    """Change the first place in the settings that says `old`."""
    file = site / config.FILE_NAME
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def change_lot(site: Path, **values: Any) -> None:
    """Let florsol's lot of Explorer 50 be another one."""
    ledger = open_ledger(config.load(site).ledger_url)
    lots = schema.stock_lots
    with ledger.write() as conn:
        conn.execute(update(lots).where(lots.c.product == "ROS-EXP-50").values(values))
    ledger.close()


def add_row(site: Path, table: str, row: str) -> None:
    with (site / "mappings" / f"{table}.csv").open("a") as file:
        file.write(row + "\n")


def flat(said: Said) -> str:
    """Return what a command said without the breaks of its lines."""
    return re.sub(r"\s+", " ", said.out)


# --- what is seen --------------------------------------------------------------------------------


def test_each_buyer_sees_what_it_can_have_in_its_own_words(run: Run, site: Path) -> None:
    found = offers(run)
    pairs = {(row["vendor"], row["buyer"]) for row in found}
    assert pairs == {("florsol", "bloom"), ("florsol", "tulipan"), ("andes", "bloom")}
    (row,) = (r for r in found if r["buyer_item"] == "BLM-101")
    assert (row["seller_item"], row["quantity"], row["unit"]) == ("ROS-EXP-50", "2800", "Stem")
    assert row["price"] is not None
    assert "ROS-EXP-60" not in {r["seller_item"] for r in found}, "sold out"


def test_the_list_is_what_a_buyer_has_after_its_files(run: Run, site: Path) -> None:
    shown = Shown()
    files = {name: body for name, body in outboxes(site).items() if "-florsol-" in name}
    shown.take(files, "bloom")
    found = offers(run, "bloom", "--vendor", "florsol")
    assert {row["offer"]: row["quantity"] for row in found} == {
        name: str(offer.quantity) for name, offer in shown.kept.items()
    }


def test_a_person_reads_a_table_and_how_to_ask_why(run: Run, site: Path) -> None:
    said = run("availability", "tulipan")
    assert "florsol -> tulipan   7 offers" in said.out
    row = next(line for line in said.out.splitlines() if line.startswith("TUL-FRE60"))
    assert row.split()[-2:] == ["none", "florsol-3"]
    assert "k2kd availability tulipan --product ROS-EXP-50 --explain" in said.out


def test_a_long_list_is_cut_and_says_so(run: Run, site: Path) -> None:
    said = run("availability", "bloom", "--vendor", "florsol", "--limit", "2")
    assert "and 5 more; see --limit" in said.out


@pytest.mark.parametrize(
    "name", ["ROS-EXP-50", "BLM-101", "FS-1050", "Rosa Explorer 50cm", "ros-exp-50"]
)
def test_a_product_goes_by_any_of_its_names(run: Run, site: Path, name: str) -> None:
    (row,) = offers(run, "bloom", "--product", name)
    assert row["seller_item"] == "ROS-EXP-50"


def test_names_that_nobody_has_are_said(run: Run, site: Path) -> None:
    assert "did you mean bloom?" in run("availability", "blooom").err
    assert run("availability", "--explain").code == 2
    said = run("availability", "bloom", "--product", "NOTHING", "--explain")
    assert "nothing was published that goes by NOTHING" in said.out
    assert "nobody sees ROS-EXP-60" in run("availability", "--product", "ROS-EXP-60").out
    assert "no such connection" in run("availability", "florsol").out


# --- why not -------------------------------------------------------------------------------------


def test_what_is_visible_says_so_with_its_price(run: Run, site: Path) -> None:
    one = lot(run, "BLM-101")
    assert (one["is_visible"], one["why_hidden"], one["why_unpriced"]) == (True, [], [])
    said = run("availability", "bloom", "--product", "BLM-101", "--explain")
    assert "visible: 2800 Stem, first truck date" in said.out
    assert one["offer"]["price"] in said.out


def test_what_is_sold_says_how_much_was_there(run: Run, site: Path) -> None:
    one = lot(run, "BLM-100")
    assert (one["is_visible"], one["published"], one["bought"]) == (False, "1800", "1800")
    (reason,) = one["why_hidden"]
    assert (reason["rule"], reason["wanted"]) == ("K-40", "above 1800")
    said = run("availability", "bloom", "--product", "BLM-100", "--explain")
    assert "NOT VISIBLE" in said.out
    assert "1800 Stem published, 1800 of them bought" in said.out


def test_a_stopped_connection_is_named_with_what_starts_it(run: Run, site: Path) -> None:
    edit(site, AGREED, "is_on = false")
    assert rules(lot(run, "BLM-101")["why_hidden"]) == ["K-09", "K-09", "K-09"]
    said = run("availability", "bloom", "--vendor", "florsol")
    assert "0 offers" in said.out
    assert "set agreed.vendor of [[connection]] florsol -> bloom" in flat(said)
    assert offers(run, "bloom", "--vendor", "florsol") == []


def test_an_unmapped_product_is_named_with_its_row(run: Run, site: Path) -> None:
    change_lot(site, product=None, unit_type=None)
    words = "Rosa Explorer 50cm"
    one = lot(run, words)
    assert rules(one["why_hidden"]) == ["K-05", "M-12"]
    said = run("availability", "bloom", "--product", words, "--explain")
    assert "add to products.csv: florsol,," in said.out


@pytest.mark.parametrize(
    ("code", "description"),
    [
        (None, "Rosa Misteriosa, 70 cm"),
        ("FS-9070", "Rosa Misteriosa, 70 cm"),
        ("FS-9070", None),
        ('F"9', None),
    ],
)
def test_the_row_that_is_told_maps_the_product(
    run: Run, site: Path, code: str | None, description: str | None
) -> None:
    """A row with a description in the column of codes would be taken in, and do nothing."""
    change_lot(site, product=None, source_code=code, description=description)
    one = lot(run, code or description or "")
    (reason,) = one["why_hidden"]
    assert reason["setting"] == "products.csv"
    add_row(site, "products", reason["wanted"].replace("OUR-CODE", "ROS-EXP-50"))
    names = [partner.name for partner in config.load(site).partner]
    tables = load(site / "mappings", partners=names, today=day())
    assert tables.product("florsol", code, description, None, day()) == "ROS-EXP-50"


def test_what_stops_a_connection_is_said_once_for_all_its_lots(run: Run, site: Path) -> None:
    edit(site, AGREED, "is_on = false")
    said = run("availability", "bloom", "--vendor", "florsol", "--product", "BLM-101", "--explain")
    assert flat(said).count("it is switched off") == 1
    assert "NOT VISIBLE" in said.out


def test_a_connection_without_days_says_so_by_one_rule(run: Run, site: Path) -> None:
    text = (site / "k2kd.toml").read_text()
    kept = re.sub(r"^(schedule|days_of_service) = .*$", "", text, flags=re.MULTILINE)
    (site / "k2kd.toml").write_text(kept)
    assert rules(lot(run, "BLM-101")["why_hidden"]) == ["K-02", "K-08"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("max_order_days = 30", "max_order_days = 0", "K-25"),
        (
            'customer_code = "BLOOM"',
            'customer_code = "BLOOM"\nbuyer_age_days = { min = 2 }',
            "K-26",
        ),
    ],
)
def test_the_calendars_reasons_are_told_with_their_settings(
    run: Run, site: Path, old: str, new: str, rule: str
) -> None:
    edit(site, old, new)
    (reason,) = lot(run, "BLM-101")["why_hidden"]
    assert reason["rule"] == rule
    assert reason["setting"].endswith(" of florsol -> bloom") or ", min" in reason["setting"]
    edit(site, new, re.sub(r"= 0$|min = 2", lambda m: m[0][:-1] + reason["wanted"], new))
    assert lot(run, "BLM-101")["is_visible"]


def test_a_missing_rate_is_the_row_that_would_show_it(run: Run, site: Path) -> None:
    change_lot(site, currency="GBP")
    one = lot(run, "BLM-101")
    (reason,) = one["why_hidden"]
    assert (reason["rule"], reason["setting"]) == ("E-29", "rates.csv")
    add_row(site, "rates", reason["wanted"].replace("RATE", "1.2500"))
    assert lot(run, "BLM-101")["offer"]["price"] is not None


def test_a_price_names_every_part_that_it_lacks(run: Run, site: Path) -> None:
    (one,) = offers(run, "tulipan", "--product", "ROS-EXP-50", "--explain")
    assert one["is_visible"]
    assert rules(one["why_unpriced"]) == ["K-62", "K-62", "K-62", "K-61"]
    said = run("availability", "tulipan", "--product", "ROS-EXP-50", "--explain")
    assert "NO PRICE" in said.out
    assert "set pricing.gpm_percent of [[connection]] florsol -> tulipan to" in said.out


@pytest.mark.parametrize(
    ("values", "rule", "setting"),
    [
        ({"unit_cost": None}, "U-16", "unit cost in the next file of florsol"),
        ({"cost_unit": "?CAJA"}, "U-13", "units.csv"),
        ({"cost_unit": "?"}, "U-13", "units.csv"),
    ],
)
def test_a_cost_that_is_not_known_is_the_reason(
    run: Run, site: Path, values: dict[str, Any], rule: str, setting: str
) -> None:
    change_lot(site, **values)
    (reason,) = lot(run, "BLM-101")["why_unpriced"]
    assert (reason["rule"], reason["setting"]) == (rule, setting)


def test_a_missing_pack_is_the_row_that_would_give_it(run: Run, site: Path) -> None:
    packs = site / "mappings" / "packs.csv"
    rows = packs.read_text().splitlines(keepends=True)
    packs.write_text("".join(row for row in rows if not row.startswith("florsol,ROS-EXP-50")))
    reasons = lot(run, "BLM-101")["why_unpriced"]
    (reason,) = (each for each in reasons if each["setting"] == "packs.csv")
    assert reason["rule"] == "M-12"
    filled = reason["wanted"].replace("BOX", "HB").replace("BUNCHES", "14").replace("STEMS", "25")
    add_row(site, "packs", filled)
    assert lot(run, "BLM-101")["why_unpriced"] == []


def test_asking_changes_nothing(run: Run, site: Path) -> None:
    def books() -> str:
        ledger = open_ledger(config.load(site).ledger_url)
        with ledger.read() as conn:
            rows = [list(conn.execute(table.select())) for table in schema.metadata.sorted_tables]
        ledger.close()
        return repr(rows)

    before = books()
    for words in (
        ("availability",),
        ("availability", "--product", "BLM-101", "--explain"),
        ("connections",),
    ):
        assert run(*words).code == 0
    assert books() == before


# --- connections ---------------------------------------------------------------------------------


def stand(run: Run, buyer: str, vendor: str = "florsol") -> Any:
    found = run("connections", "--json").json()
    (one,) = (each for each in found if (each["vendor"], each["buyer"]) == (vendor, buyer))
    return one


def test_connections_say_that_they_work_and_what_was_told(run: Run, site: Path) -> None:
    one = stand(run, "bloom")
    assert (one["modality"], one["stopped"], one["missing"]) == (["sales"], [], [])
    assert (one["is_complete"], one["lots_shown"]) == (True, 7)
    assert one["full_at"] <= one["told_at"] < one["changes_at"]
    said = run("connections")
    row = next(line for line in said.out.splitlines() if line.startswith("florsol -> bloom"))
    assert row.split()[3:6] == ["sales", "active", "7"]


def test_an_incomplete_connection_is_red_here_in_status_and_in_check(run: Run, site: Path) -> None:
    assert "incomplete" not in run("status").out
    assert run("status", "--json").json()["incomplete_connections"] == 0
    edit(site, AGREED, "")
    edit(site, 'vendor_code = "FLORSOL"', "")
    one = stand(run, "bloom")
    assert [each["code"] for each in one["missing"]] == ["K-01", "K-09", "K-09"]
    assert (one["stopped"], one["lots_shown"]) == (["sales"], 0)
    said = run("connections")
    assert "incomplete: K-01, K-09" in said.out
    assert "set vendor_code of [[connection]] florsol -> bloom in k2kd.toml" in flat(said)
    assert "1 connection incomplete   see k2kd connections" in run("status").out
    assert run("status", "--json").json()["incomplete_connections"] == 1
    checked = run("check", "--json").json()["notes"]
    notes = [n for n in checked if n["part"] == "florsol -> bloom"]
    assert [n["level"] for n in notes] == ["warning"] * 3
    assert notes[0]["text"].startswith("K-01: ")


def test_what_waits_in_the_stock_stops_only_itself(run: Run, site: Path) -> None:
    """K-05."""
    row = "111,Rosa Nadie 60cm,2026-11-23,300,Stem,PH1,Roses,Red,0.34,25,\n"
    (site / "inbox" / "florsol" / "more.csv").write_text(row)
    assert run("run", "--once", "--plain").code in (0, 1)
    one = stand(run, "bloom")
    assert [(each["code"], each["items"]) for each in one["missing"]] == [
        ("K-05", ["Rosa Nadie 60cm"])
    ]
    assert (one["stopped"], one["is_complete"]) == ([], False)
    assert "active, but K-05" in run("connections").out


def test_a_buyer_that_was_told_nothing_is_never_told(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path / "new")
    found = run("connections", "--json", "--site", tmp_path / "new").json()
    assert {each["full_at"] for each in found} == {None}
    assert "never" in run("connections", "--site", tmp_path / "new").out


def test_a_site_without_connections_says_so(run: Run, site: Path) -> None:
    text = (site / config.FILE_NAME).read_text()
    (site / config.FILE_NAME).write_text(text[: text.index("[[connection]]")])
    assert "no connection" in run("connections").out
    assert run("connections", "--json").json() == []
    assert "no such connection" in run("availability").out


@pytest.mark.parametrize("words", [("availability",), ("connections",)])
def test_refused_tables_end_a_command_as_data(run: Run, site: Path, words: tuple[str, ...]) -> None:
    add_row(site, "products", "nobody,,X,,ROS-EXP-60,,yes,,,")
    assert run(*words).code == 1
