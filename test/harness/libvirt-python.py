"""Answers Python expressions on libvirt's own client, one JSON object a line. The first argument is the daemon's socket."""

import json
import os
import sys
import threading

import libvirt
import libvirt_qemu

SOCKET = sys.argv[1]
CONNECTIONS = {}


def conn(driver="test", path="/default"):
    if driver not in CONNECTIONS:
        CONNECTIONS[driver] = libvirt.open(f"{driver}+unix://{path}?socket={SOCKET}")
    return CONNECTIONS[driver]


def system(driver):
    return conn(driver, "/system")


def dom(name):
    return conn().lookupByName(name)


def net(name, driver="test"):
    return conn(driver, "/default" if driver == "test" else "/system").networkLookupByName(name)


def pool(name, driver="test"):
    return conn(driver, "/default" if driver == "test" else "/system").storagePoolLookupByName(name)


def vol(pool_name, name, driver="test"):
    return pool(pool_name, driver).storageVolLookupByName(name)


def snap(domain, name):
    return dom(domain).snapshotLookupByName(name)


def check(domain, name):
    return dom(domain).checkpointLookupByName(name)


def file(name):
    return os.path.join(os.path.dirname(SOCKET), name)


def done(_):
    return "done"


def received(stream):
    """All that a stream brings."""
    chunks = []
    while True:
        chunk = stream.recv(262144)
        if not chunk:
            stream.finish()
            return b"".join(chunks)
        chunks.append(chunk)


def screenshot(domain):
    stream = conn().newStream(0)
    mime = domain.screenshot(stream, 0, 0)
    return [mime, received(stream)]


def constants():
    modules = (libvirt, libvirt_qemu)
    return {name: getattr(each, name) for each in modules for name in dir(each) if name.startswith("VIR_")}


HEARD = []


def hear():
    """Every domain event from now on, as [its number, the domain, what else it says]."""
    for number in range(27):

        def heard(_, domain, *told, number=number):
            HEARD.append([number, domain, *told[:-1]])

        conn().domainEventRegisterAny(None, number, heard, None)
    return "done"


def told():
    events = list(HEARD)
    HEARD.clear()
    return events


REFERENCES = [
    (libvirt.virDomain, lambda o: {"name": o.name(), "uuid": o.UUIDString(), "id": o.ID()}),
    (libvirt.virNetwork, lambda o: {"name": o.name(), "uuid": o.UUIDString()}),
    (libvirt.virNetworkPort, lambda o: {"net": o.network(), "uuid": o.UUIDString()}),
    (libvirt.virStoragePool, lambda o: {"name": o.name(), "uuid": o.UUIDString()}),
    (libvirt.virStorageVol, lambda o: {"pool": o.storagePoolLookupByVolume().name(), "name": o.name(), "key": o.key()}),
    (libvirt.virInterface, lambda o: {"name": o.name(), "mac": o.MACString()}),
    (libvirt.virNodeDevice, lambda o: {"name": o.name()}),
    (libvirt.virSecret, lambda o: {"uuid": o.UUIDString(), "usageType": o.usageType(), "usageID": o.usageID()}),
    (libvirt.virNWFilter, lambda o: {"name": o.name(), "uuid": o.UUIDString()}),
    (libvirt.virNWFilterBinding, lambda o: {"portdev": o.portDev(), "filtername": o.filterName()}),
    (libvirt.virDomainSnapshot, lambda o: {"name": o.getName(), "dom": o.getDomain()}),
    (libvirt.virDomainCheckpoint, lambda o: {"name": o.getName(), "dom": o.getDomain()}),
]


def normal(value):
    """The one form in which values are compared: numbers as text, bytes as hex, objects by what names them."""
    for kind, describe in REFERENCES:
        if isinstance(value, kind):
            return normal(describe(value))
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return {"number": repr(float(value)) if isinstance(value, float) else str(int(value))}
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": value.hex()}
    if isinstance(value, dict):
        return {str(key): normal(each) for key, each in value.items()}
    return [normal(each) for each in value]


def failure(error):
    names = ["code", "domain", "message", "level", "str1", "str2", "str3", "int1", "int2"]
    fields = [
        error.get_error_code(),
        error.get_error_domain(),
        error.get_error_message(),
        error.get_error_level(),
        error.get_str1(),
        error.get_str2(),
        error.get_str3(),
        error.get_int1(),
        error.get_int2(),
    ]
    return {"error": {name: normal(field) for name, field in zip(names, fields)}}


def loop():
    while True:
        libvirt.virEventRunDefaultImpl()


libvirt.virEventRegisterDefaultImpl()
libvirt.registerErrorHandler(lambda *_: None, None)
threading.Thread(target=loop, daemon=True).start()
for line in sys.stdin:
    try:
        answer = {"value": normal(eval(json.loads(line)))}
    except libvirt.libvirtError as error:
        answer = failure(error)
    except Exception as error:  # a mistake in the test, for whoever wrote it
        answer = {"mistake": repr(error)}
    print(json.dumps(answer), flush=True)
