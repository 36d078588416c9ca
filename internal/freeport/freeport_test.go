package freeport_test

import (
	"fmt"
	"net"
	"testing"

	"github.com/awaitop/awaitop/internal/freeport"
)

func TestTake(t *testing.T) {
	t.Parallel()
	cases := []struct {
		reason string
		n      int
		fails  bool
	}{
		{reason: "no port is a mistake of the caller", n: 0, fails: true},
		{reason: "a negative number too", n: -1, fails: true},
		{reason: "one", n: 1},
		{reason: "several can all be listened on at once, so they differ", n: 20},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			ports, err := freeport.Take(c.n)
			if (err != nil) != c.fails {
				t.Fatalf("Take(%d): %v; want an error: %v", c.n, err, c.fails)
			}
			if !c.fails && len(ports) != c.n {
				t.Fatalf("Take(%d) = %v", c.n, ports)
			}
			for _, port := range ports {
				listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = listener.Close() }()
			}
		})
	}
}
