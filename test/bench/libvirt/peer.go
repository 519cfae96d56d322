// go-libvirt as a candidate of `npm run bench -- libvirt`: commands on standard input, see peer-process.ts.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/digitalocean/go-libvirt"
)

type command struct {
	Do, Transport, URI, Call, Pool, Volume, Path string
	Callers, Count                               int
	Bytes                                        uint64
}

type answer struct {
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpuSeconds"`
	Bytes      int64   `json:"bytes"`
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// go-libvirt of Debian 12 dials no TLS and reads no URI: both is done here.
func dial(uri *url.URL) (net.Conn, error) {
	if strings.HasSuffix(uri.Scheme, "+unix") {
		return net.Dial("unix", uri.Query().Get("socket"))
	}
	folder := uri.Query().Get("pkipath")
	own, err := tls.LoadX509KeyPair(folder+"/clientcert.pem", folder+"/clientkey.pem")
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(folder + "/cacert.pem")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	secure, err := tls.Dial("tcp", net.JoinHostPort(uri.Hostname(), "16514"), &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}})
	if err != nil {
		return nil, err
	}
	verdict := make([]byte, 1)
	if _, err = secure.Read(verdict); err == nil && verdict[0] != 1 {
		err = errors.New("refused")
	}
	return secure, err
}

func open(address string) *libvirt.Libvirt {
	uri, err := url.Parse(address)
	check(err)
	socket, err := dial(uri)
	check(err)
	driver, _, _ := strings.Cut(uri.Scheme, "+")
	client := libvirt.New(socket)
	check(client.ConnectToURI(libvirt.ConnectURI(fmt.Sprintf("%s://%s", driver, uri.Path))))
	return client
}

var prepared = map[string]map[string]func() error{}

func prepare(uri string) map[string]func() error {
	client := open(uri)
	domain, err := client.DomainLookupByName("test")
	check(err)
	return map[string]func() error{
		"info": func() error { _, _, _, _, _, err := client.DomainGetInfo(domain); return err },
		"xml":  func() error { _, err := client.DomainGetXMLDesc(domain, 0); return err },
		"list": func() error { _, _, err := client.ConnectListAllDomains(1, 0); return err },
	}
}

func atOnce(count int, work func()) {
	var all sync.WaitGroup
	for index := 0; index < count; index++ {
		all.Add(1)
		go func() { defer all.Done(); work() }()
	}
	all.Wait()
}

func calls(c command) {
	call := prepared[c.Transport][c.Call]
	atOnce(c.Callers, func() {
		for made := 0; made < c.Count/c.Callers; made++ {
			check(call())
		}
	})
}

func volume(c command) (*libvirt.Libvirt, libvirt.StorageVol) {
	client := open(c.URI)
	pool, err := client.StoragePoolLookupByName(c.Pool)
	check(err)
	volume, err := client.StorageVolLookupByName(pool, c.Volume)
	check(err)
	return client, volume
}

func upload(c command) {
	client, volume := volume(c)
	source, err := os.Open(c.Path)
	check(err)
	defer source.Close()
	check(client.StorageVolUpload(volume, source, 0, c.Bytes, 0))
}

func download(c command) {
	client, volume := volume(c)
	target, err := os.Create(c.Path)
	check(err)
	defer target.Close()
	check(client.StorageVolDownload(volume, target, 0, c.Bytes, 0))
}

func connections(c command) answer {
	var lock sync.Mutex
	kept := []*libvirt.Libvirt{}
	before, began := residentBytes(), time.Now()
	atOnce(c.Callers, func() {
		for made := 0; made < c.Count/c.Callers; made++ {
			client := open(c.URI)
			_, err := client.ConnectGetLibVersion()
			check(err)
			lock.Lock()
			kept = append(kept, client)
			lock.Unlock()
		}
	})
	return answer{Seconds: time.Since(began).Seconds(), Bytes: residentBytes() - before}
}

func residentBytes() int64 {
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kibibytes int64
	_, err = fmt.Sscan(rest, &kibibytes)
	check(err)
	return kibibytes * 1024
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

func timed(work func(command), c command) answer {
	cpu, began := cpuSeconds(), time.Now()
	work(c)
	return answer{Seconds: time.Since(began).Seconds(), CPUSeconds: cpuSeconds() - cpu}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var c command
		check(json.Unmarshal(lines.Bytes(), &c))
		var result answer
		switch c.Do {
		case "open":
			prepared[c.Transport] = prepare(c.URI)
		case "calls":
			result = timed(calls, c)
		case "upload":
			result = timed(upload, c)
		case "download":
			result = timed(download, c)
		case "connections":
			result = connections(c)
		}
		check(json.NewEncoder(os.Stdout).Encode(result))
	}
}
