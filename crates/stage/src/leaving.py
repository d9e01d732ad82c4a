"""Has the name of its argument on the session bus, and ends without an answer when it is asked for anything.

In Python for the same reason as notifications.py.
"""

import os
import sys

from gi.repository import Gio, GLib


def ends(connection, message, incoming):
    kind = message.get_message_type()
    if incoming and kind == Gio.DBusMessageType.METHOD_CALL:
        os._exit(0)
    return message


loop = GLib.MainLoop()
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.add_filter(ends)
Gio.bus_own_name_on_connection(bus, sys.argv[1], Gio.BusNameOwnerFlags.NONE, lambda *_: print("ready"), None)
loop.run()
