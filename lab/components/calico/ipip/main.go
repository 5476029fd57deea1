// Ipip does what the kernel's module of that name does, where a kernel has none: what is routed into the device leaves
// in packets of IP protocol 4, and what arrives in such packets comes out of the device.
//
//	ipip DEVICE
package main

import (
	"encoding/binary"
	"encoding/hex"
	"log"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	protocolIpip = 4
	largest      = 65535
	queueLength  = 2000
	bufferBytes  = 8 << 20
	readAgain    = 100 * time.Millisecond
)

type route struct {
	prefix  netip.Prefix
	gateway netip.Addr
}

// The kernel's file has addresses as the processor keeps numbers.
func address(digits string) (netip.Addr, bool) {
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != 4 {
		return netip.Addr{}, false
	}
	var bytes [4]byte
	binary.NativeEndian.PutUint32(bytes[:], binary.BigEndian.Uint32(raw))
	return netip.AddrFrom4(bytes), true
}

// A TUN device is not told the next hop, so the main table is read for it.
func routesOf(device string) []route {
	text, _ := os.ReadFile("/proc/net/route")
	var routes []route
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 8 || fields[0] != device {
			continue
		}
		to, isAddress := address(fields[1])
		gateway, hasGateway := address(fields[2])
		mask, err := strconv.ParseUint(fields[7], 16, 32)
		if !isAddress || !hasGateway || err != nil || gateway.IsUnspecified() {
			continue
		}
		length := 0
		for ; mask != 0; mask &= mask - 1 {
			length++
		}
		routes = append(routes, route{netip.PrefixFrom(to, length), gateway})
	}
	return routes
}

func nextHop(routes []route, to netip.Addr) (netip.Addr, bool) {
	best := route{}
	for _, each := range routes {
		if each.prefix.Contains(to) && (!best.prefix.IsValid() || each.prefix.Bits() > best.prefix.Bits()) {
			best = each
		}
	}
	return best.gateway, best.prefix.IsValid()
}

func openDevice(name string) int {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		log.Fatal("cannot open /dev/net/tun: ", err)
	}
	request, err := unix.NewIfreq(name)
	if err != nil {
		log.Fatal(err)
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		log.Fatal("cannot make the device: ", err)
	}
	// The device outlives this process, as the kernel's does, with the routes that lead to it.
	if err := unix.IoctlSetInt(fd, unix.TUNSETPERSIST, 1); err != nil {
		log.Fatal(err)
	}
	return fd
}

func openWire() int {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocolIpip)
	if err != nil {
		log.Fatal("cannot open a raw socket: ", err)
	}
	for _, option := range []int{unix.SO_RCVBUFFORCE, unix.SO_SNDBUFFORCE} {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, bufferBytes)
	}
	if request, err := unix.NewIfreq(os.Args[1]); err == nil {
		request.SetUint32(queueLength)
		_ = unix.IoctlIfreq(fd, unix.SIOCSIFTXQLEN, request)
	}
	return fd
}

func unwrap(wire, device int) {
	buffer := make([]byte, largest)
	for {
		length, _, err := unix.Recvfrom(wire, buffer, 0)
		if err != nil || length < 20 {
			continue
		}
		if outer := int(buffer[0]&0xf) * 4; outer < length {
			// An error here is a device that is down.
			_, _ = unix.Write(device, buffer[outer:length])
		}
	}
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: ipip DEVICE")
	}
	device := openDevice(os.Args[1])
	wire := openWire()
	var known atomic.Pointer[[]route]
	refresh := func() {
		routes := routesOf(os.Args[1])
		known.Store(&routes)
	}
	refresh()
	go func() {
		for {
			time.Sleep(readAgain)
			refresh()
		}
	}()
	go unwrap(wire, device)
	buffer := make([]byte, largest)
	for {
		length, err := unix.Read(device, buffer)
		if err != nil {
			time.Sleep(readAgain)
			continue
		}
		if length < 20 || buffer[0]>>4 != 4 {
			continue
		}
		to := netip.AddrFrom4([4]byte(buffer[16:20]))
		if gateway, isKnown := nextHop(*known.Load(), to); isKnown {
			_ = unix.Sendto(wire, buffer[:length], 0, &unix.SockaddrInet4{Addr: gateway.As4()})
		}
	}
}
