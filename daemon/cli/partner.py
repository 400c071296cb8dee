"""`k2kd partner`: take partners on, what opens their doors, and take them out again."""

from __future__ import annotations

from daemon.cli import onboard, onboard_keys, onboard_pack, onboard_remove, options, partner_try

app = options.app(
    summary="Take partners on, and out again: settings, folders, keys, a try of their server."
)
app.command(
    "add", short_help="Take a partner on, all of it in one go.", epilog=onboard.ADD_EXAMPLE
)(onboard.add)
app.command(
    "pack", short_help="Make the page and samples it gets.", epilog=onboard_pack.PACK_EXAMPLE
)(onboard_pack.pack)
app.command(
    "keys",
    short_help="List, add or remove the keys it logs in with.",
    epilog=onboard_keys.KEYS_EXAMPLE,
)(onboard_keys.keys)
app.command(
    "password",
    short_help="Set its password for the embedded server.",
    epilog=onboard_keys.PASSWORD_EXAMPLE,
)(onboard_keys.password)
app.command(
    "list", short_help="List partners, and how their files travel.", epilog=partner_try.LIST_EXAMPLE
)(partner_try.listing)
app.command(
    "test", short_help="Try its own SFTP server, step by step.", epilog=partner_try.TEST_EXAMPLE
)(partner_try.test)
app.command(
    "remove",
    short_help="Take one out, after a look; --undo.",
    epilog=onboard_remove.REMOVE_EXAMPLE,
)(onboard_remove.remove)
