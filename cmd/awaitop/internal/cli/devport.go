package cli

import (
	"fmt"
	"net"
)

// portFlag is the flag of a port on the loopback interface.
type portFlag struct {
	name   string
	wanted int // 0 for a free one. If the flag is not set, a free one will do, too.
}

// check refuses a number that is no port.
func (p *portFlag) check() error {
	if p.wanted < 0 || p.wanted > 65535 {
		return usagef("--%s %d: want a port from 1 to 65535, or 0 for a free one", p.name, p.wanted)
	}
	return nil
}

// open listens at the port.
func (p *portFlag) open(isSet func(string) bool) (net.Listener, error) {
	listener, err := net.Listen("tcp", loopback(p.wanted))
	if err != nil && !isSet(p.name) {
		listener, err = net.Listen("tcp", loopback(0))
	}
	if err != nil {
		return nil, fmt.Errorf("--%s %d: %w; name another port, or 0 for a free one", p.name, p.wanted, err)
	}
	return listener, nil
}

// choosePorts are ports for servers that are about to start, 0 for a free one.
func choosePorts(isSet func(string) bool, flags ...*portFlag) ([]int, error) {
	ports := make([]int, len(flags))
	for i, flag := range flags {
		listener, err := flag.open(isSet)
		if err != nil {
			return nil, err
		}
		defer func() { _ = listener.Close() }() // after the others have got theirs
		if listener.Addr().(*net.TCPAddr).Port == flag.wanted {
			ports[i] = flag.wanted
		}
	}
	return ports, nil
}

// metricsAddress is the usual address of a worker's health checks and metrics, or that of a free port.
func metricsAddress() string {
	const usual = 9464
	listener, err := net.Listen("tcp", loopback(usual))
	if err != nil {
		return loopback(0)
	}
	_ = listener.Close()
	return loopback(usual)
}

func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
