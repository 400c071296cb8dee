"""Catalogues and forecasts in X12 are kept, shown and acknowledged; nothing follows from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon import cli
from tests.daemon.partner_files import interchange
from tests.daemon.sites import desktop, kinds

KEPT = {
    "832": (
        "SC",
        ["BCT*PC*CAT-7*2", "LIN*1*VP*FS-1060", "PID*F****ROSES", "CTP**CON*0.36*1*EA"],
        ("Catalogue", "CAT-7", "ROSES", "0.36"),
    ),
    "830": (
        "PS",
        [
            "BFR*00*FC-1**SH*A*20270104**20261204",
            "LIN*1*BP*BLM-100",
            "UIT*BX",
            "FST*12*C*W*20270104",
        ],
        ("Forecast", "FC-1", "BLM-100", "12"),
    ),
}


@pytest.mark.parametrize("code", KEPT)
def test_it_is_acknowledged_kept_and_shown(
    tmp_path: Path,
    code: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    group, body, words = KEPT[code]
    data = interchange([body], control=50, receiver="K2KNET", group=group, kind=code)
    with desktop(tmp_path / "site") as site:
        files = site.send("bloom", "kept.edi", data)
        assert (site.states(), kinds(files)) == (["posted"], ["bloom/997-000000050"])
        assert (site.orders(), site.lots()) == ([], {})
        monkeypatch.setenv("COLUMNS", "400")
        assert cli.main(["show", "1", "--site", str(site.root)]) == 0
    shown = capsys.readouterr().out
    assert [each for each in words if each not in shown] == []
