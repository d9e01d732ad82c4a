"""Stands in for the desktop's org.freedesktop.Notifications on the session bus.

Prints each notice as a line of JSON. A number on standard input clicks on the notice of that id. In Python, because
the bus library of GLib comes with the packages that dragging needs; a Rust one would be one more dependency.
"""

import json
import sys

from gi.repository import Gio, GLib

PATH, NAME = "/org/freedesktop/Notifications", "org.freedesktop.Notifications"
INTERFACE = f"""<node><interface name="{NAME}">
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{{sv}}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
  </method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
  </method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
  <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
</interface></node>"""

last = 0


def answer(_connection, _sender, _path, _interface, method, parameters, invocation):
    global last
    if method == "Notify":
        app, replaces, _icon, summary, body, actions, _hints, _timeout = parameters.unpack()
        last = replaces or last + 1
        notice = {"id": last, "replaces": replaces, "app": app, "summary": summary, "body": body}
        print(json.dumps(notice | {"actions": actions}))
        invocation.return_value(GLib.Variant("(u)", (last,)))
    elif method == "GetCapabilities":
        invocation.return_value(GLib.Variant("(as)", (["body", "actions"],)))
    elif method == "GetServerInformation":
        invocation.return_value(GLib.Variant("(ssss)", ("stand-in", "Slipway", "1", "1.2")))
    else:
        invocation.return_value(None)


def clicked(source, _condition):
    line = source.readline()
    if not line:
        loop.quit()
        return False
    notice = int(line)
    signal("ActionInvoked", "(us)", (notice, "default"))
    # 2: dismissed by the user. Desktops tell it after a click.
    signal("NotificationClosed", "(uu)", (notice, 2))
    return True


def signal(name, kind, values):
    bus.emit_signal(None, PATH, NAME, name, GLib.Variant(kind, values))


loop = GLib.MainLoop()
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
node = Gio.DBusNodeInfo.new_for_xml(INTERFACE)
bus.register_object(PATH, node.interfaces[0], answer, None, None)
GLib.io_add_watch(sys.stdin, GLib.IO_IN | GLib.IO_HUP, clicked)
Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, lambda *_: print("ready"), None)
loop.run()
