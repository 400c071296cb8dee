"""`k2kd partner`: take partners on, and what opens their doors."""

from __future__ import annotations

from daemon.cli import onboard, onboard_keys, onboard_pack, options, partner_try

app = options.app(summary="Take partners on: settings, folders, keys, a try of their server.")
app.command("add", epilog=onboard.ADD_EXAMPLE)(onboard.add)
app.command("pack", epilog=onboard_pack.PACK_EXAMPLE)(onboard_pack.pack)
app.command("keys", epilog=onboard_keys.KEYS_EXAMPLE)(onboard_keys.keys)
app.command("password", epilog=onboard_keys.PASSWORD_EXAMPLE)(onboard_keys.password)
app.command("list", epilog=partner_try.LIST_EXAMPLE)(partner_try.listing)
app.command("test", epilog=partner_try.TEST_EXAMPLE)(partner_try.test)
