package freeport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// The range lies below the ports that systems hand to outgoing connections
// (from 32768 on Linux, 49152 on macOS and Windows). A server that comes back
// on its port after a crash must not find it taken by some connection's source
// port, least of all by that of a client that redials this very port.
const (
	lowest  = 15000
	highest = 32000
	// tries bounds the search for one port; with most of the range free, one or
	// two are enough.
	tries = 200
)

// Take returns n distinct TCP ports that nothing listened on at 127.0.0.1 a
// moment ago. Nothing holds them for the caller: start the server at once, and
// take others if it finds one gone. Safe for concurrent use.
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
