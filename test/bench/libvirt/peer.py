"""python3-libvirt as a candidate of `npm run bench -- libvirt`: commands on standard input, see peer-process.ts."""

import json
import resource
import sys
import threading
import time

import libvirt


def prepare(uri):
    connection = libvirt.open(uri)
    domain = connection.lookupByName("test")
    return {
        "info": domain.info,
        "xml": lambda: domain.XMLDesc(0),
        "list": lambda: connection.listAllDomains(0),
    }


def in_threads(count, work):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def calls(command):
    call = prepared[command["transport"]][command["call"]]
    share = command["count"] // command["callers"]

    def caller():
        for _ in range(share):
            call()

    if command["callers"] == 1:
        caller()
    else:
        in_threads(command["callers"], caller)


def upload(command):
    stream, volume = open_transfer(command)
    with open(command["path"], "rb") as source:
        volume.upload(stream, 0, command["bytes"], 0)
        stream.sendAll(lambda _stream, size, file: file.read(size), source)
    stream.finish()


def download(command):
    stream, volume = open_transfer(command)
    with open(command["path"], "wb") as target:
        volume.download(stream, 0, command["bytes"], 0)
        stream.recvAll(lambda _stream, data, file: file.write(data), target)
    stream.finish()


def open_transfer(command):
    connection = libvirt.open(command["uri"])
    volume = connection.storagePoolLookupByName(command["pool"]).storageVolLookupByName(command["volume"])
    return connection.newStream(), volume


def connections(command):
    kept = []

    def opener():
        for _ in range(command["count"] // command["callers"]):
            connection = libvirt.open(command["uri"])
            connection.getLibVersion()
            kept.append(connection)

    before = resident_bytes()
    began = time.perf_counter()
    in_threads(command["callers"], opener)
    return {"seconds": time.perf_counter() - began, "bytes": resident_bytes() - before}


def resident_bytes():
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def timed(work, command):
    before = cpu_seconds()
    began = time.perf_counter()
    work(command)
    return {"seconds": time.perf_counter() - began, "cpuSeconds": cpu_seconds() - before}


prepared = {}
for line in sys.stdin:
    command = json.loads(line)
    if command["do"] == "open":
        prepared[command["transport"]] = prepare(command["uri"])
        answer = {}
    elif command["do"] == "connections":
        answer = connections(command)
    else:
        answer = timed({"calls": calls, "upload": upload, "download": download}[command["do"]], command)
    print(json.dumps(answer), flush=True)
