"""Unlocks gnome-keyring's login keyring with the password that `UNLOCK` gave it (the end of its line belongs to it) over D-Bus, as nobody is there to type it into its prompt."""

import dbus

service = dbus.SessionBus().get_object('org.freedesktop.secrets', '/org/freedesktop/secrets')
_, session = service.OpenSession('plain', dbus.String('', variant_level=1), dbus_interface='org.freedesktop.Secret.Service')
secret = dbus.Struct((session, dbus.Array([], signature='y'), dbus.ByteArray(b'pw\n'), 'text/plain'), signature='oayays')
service.UnlockWithMasterPassword('/org/freedesktop/secrets/collection/login', secret,
                                 dbus_interface='org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface')
