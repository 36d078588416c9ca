package freeport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// The range lies below the ports that systems give to outgoing connections (from 32768 on Linux,
// 49152 on macOS and Windows). So a server that comes back on its port after a crash does not find
// it taken as the source port of a connection, such as that of a client that redials this very
// port.
const (
	lowest  = 15000
	highest = 32000
	// tries bounds the search for one port; with most of the range free, one or
	// two are enough.
	tries = 200
)

// Take returns n distinct TCP ports on which nothing listened at 127.0.0.1 a moment ago. It does
// not hold them for the caller: start the server at once, and take others if a port is gone. It is
// safe for concurrent use.
func Take(n int) ([]int, error) {
	if n < 1 {
		return nil, fmt.Errorf("n: %d; want 1 or more ports", n)
	}
	ports := make([]int, 0, n)
	// Held until all are found, so that they differ.
	held := make([]net.Listener, 0, n)
	defer func() {
		for _, listener := range held {
			_ = listener.Close()
		}
	}()
	for range n {
		listener, port, err := listen()
		if err != nil {
			return nil, err
		}
		held, ports = append(held, listener), append(ports, port)
	}
	return ports, nil
}

func listen() (net.Listener, int, error) {
	var failures error
	for range tries {
		port := lowest + rand.IntN(highest-lowest)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return listener, port, nil
		}
		failures = errors.Join(failures, err)
	}
	return nil, 0, fmt.Errorf("no free port in %d-%d after %d tries: %w", lowest, highest, tries, failures)
}
