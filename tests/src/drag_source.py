"""A window of another program, from which the files named in its arguments can be dragged."""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

uris = [pathlib.Path(path).absolute().as_uri() for path in sys.argv[1:]]
window = Gtk.Window(title="Files to drag")
window.set_default_size(160, 160)
button = Gtk.Button(label="Files")
if uris:
    target = Gtk.TargetEntry.new("text/uri-list", 0, 0)
    actions = Gdk.DragAction.COPY | Gdk.DragAction.MOVE
    button.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [target], actions)
    button.connect("drag-data-get", lambda _w, _c, data, _i, _t: data.set_uris(uris))
window.add(button)
window.connect("destroy", Gtk.main_quit)
window.show_all()
window.move(0, 0)
Gtk.main()
