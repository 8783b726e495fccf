"""A Secret Service that does what no real one can be made to do: refuse, forget, be slow, ask. A template for python-dbusmock.

`-p '{"mode": "…"}'`: "keeps" is well; "refuses" takes nothing; "forgets" gives back what it was given only over the same connection;
"session" has nothing but the collection that ends with the session; "silent" does not answer its first search; "locked" is locked and
asks, and the question stands open until Answer(opens) comes.

Its half of the key exchange is the number 1, so that every session has the same key: what one has encrypted another can read.
"""

import dbus

from dbusmock import MOCK_IFACE, mockobject

BUS_NAME = 'org.freedesktop.secrets'
MAIN_OBJ = '/org/freedesktop/secrets'
MAIN_IFACE = 'org.freedesktop.Secret.Service'
SYSTEM_BUS = False

COLLECTION = 'org.freedesktop.Secret.Collection'
ITEM = 'org.freedesktop.Secret.Item'
PROMPT = 'org.freedesktop.Secret.Prompt'
NOTHING = dbus.ObjectPath('/')
ASKING = '/org/freedesktop/secrets/prompt/p1'


def load(mock, parameters):
    mock.mode = parameters.get('mode', 'keeps')
    mock.locked = mock.mode == 'locked'
    mock.sessions = {}
    mock.items = {}
    mock.made = 0
    mock.searches = 0
    mock.prompts = 0
    mock.path = MAIN_OBJ + '/collection/' + ('session' if mock.mode == 'session' else 'login')
    mock.AddObject(mock.path, COLLECTION, {'Locked': mock.locked, 'Label': 'Login'}, [
        ('CreateItem', 'a{sv}(oayays)b', 'oo', create_item),
    ])
    mock.AddObject(ASKING, PROMPT, {}, [('Prompt', 's', '', prompt)])


def main():
    return mockobject.objects[MAIN_OBJ]


def create_item(_collection, properties, secret, _replace):
    if main().mode == 'refuses':
        raise dbus.exceptions.DBusException('not for you', name='org.freedesktop.DBus.Error.AccessDenied')
    main().made += 1
    path = f'{main().path}/{main().made}'
    main().items[path] = [secret[0], properties[ITEM + '.Attributes'], secret]
    main().AddObject(path, ITEM, {'Locked': main().locked, 'Label': 'an item'}, [
        ('GetSecret', 'o', '(oayays)', lambda item, session: get_secret(item.path, session)),
        ('SetSecret', '(oayays)', '', lambda item, secret: set_secret(item.path, secret)),
        ('Delete', '', 'o', lambda item: delete(item.path)),
    ])
    return dbus.ObjectPath(path), NOTHING


def get_secret(path, session):
    _, iv, value, kind = main().items[path][2]
    return dbus.Struct((session, iv, value, kind), signature='oayays')


def set_secret(path, secret):
    main().items[path][2] = secret


def delete(path):
    del main().items[path]
    return NOTHING


def prompt(_prompt, _window):
    main().prompts += 1


@dbus.service.method(MAIN_IFACE, in_signature='sv', out_signature='vo', sender_keyword='sender')
def OpenSession(self, _algorithm, _input, sender=None):
    path = dbus.ObjectPath(f'{MAIN_OBJ}/session/s{len(self.sessions)}')
    self.sessions[sender] = path
    return dbus.Array([dbus.Byte(1)], signature='y', variant_level=1), path


@dbus.service.method(MAIN_IFACE, in_signature='s', out_signature='o')
def ReadAlias(self, name):
    return dbus.ObjectPath(self.path) if name == 'default' else NOTHING


@dbus.service.method(MAIN_IFACE, in_signature='a{ss}', out_signature='aoao', sender_keyword='sender',
                     async_callbacks=('answer', 'refuse'))
def SearchItems(self, attributes, sender=None, answer=None, refuse=None):
    self.searches += 1
    if self.mode == 'silent' and self.searches == 1:
        return
    found = [dbus.ObjectPath(path) for path, (owner, its, _) in self.items.items()
             if its == attributes and (self.mode != 'forgets' or owner == self.sessions[sender])]
    none = dbus.Array([], signature='o')
    found = dbus.Array(found, signature='o')
    answer(*((none, found) if self.locked else (found, none)))


@dbus.service.method(MAIN_IFACE, in_signature='ao', out_signature='aoo')
def Unlock(self, objects):
    if self.locked:
        return dbus.Array([], signature='o'), dbus.ObjectPath(ASKING)
    return objects, NOTHING


@dbus.service.method(MOCK_IFACE, in_signature='b', out_signature='')
def Answer(self, opens):
    """The user answers the question that stands open: with the password, or by sending it away."""
    if opens:
        self.locked = False
        mockobject.objects[self.path].UpdateProperties(COLLECTION, {'Locked': dbus.Boolean(False)})
    mockobject.objects[ASKING].EmitSignal(PROMPT, 'Completed', 'bv', [not opens, dbus.String('', variant_level=1)])


@dbus.service.method(MOCK_IFACE, in_signature='', out_signature='i')
def Prompts(self):
    """How often the user was asked."""
    return self.prompts


@dbus.service.method(MOCK_IFACE, in_signature='b', out_signature='')
def SetLocked(self, locked):
    self.locked = bool(locked)
    mockobject.objects[self.path].UpdateProperties(COLLECTION, {'Locked': dbus.Boolean(locked)})


@dbus.service.method(MOCK_IFACE, in_signature='', out_signature='i')
def Stored(self):
    """How many things it holds that are no probes."""
    return len([its for _, its, _ in self.items.values() if 'probe' not in its['username']])
