package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// A worker whose only transport is gRPC awaits over it. So do commands with its configuration.
func TestOverGRPC(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	w := s.serve("    transport: grpc\n") // of the service above
	w.ready(t)
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	p := start(t, "await", ref.String(), "-t", s.queue)
	p.until(t, "running")
	s.succeed(ref)
	p.wait(t).wants(t, 0, "succeeded")

	file := filepath.Join(t.TempDir(), "awaitop.yaml")
	text := fmt.Sprintf("withoutAuthentication: true\nservices: [{name: %s, transport: grpc, endpoint: %q}]\n", lro.SpannerService, s.endpoint)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	another := s.start("p", testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.HonorCancel(0)})
	call := func(args ...string) *process {
		return awaitop(t, append(append([]string{"operations"}, args...), "--config", file)...)
	}
	call("get", another.Name).wants(t, 0, another.String(), "running")
	call("cancel", another.Name).wants(t, 0, "the service took the cancel")
	call("get", another.Name).wants(t, 0, "canceled")
	call("list", another.Collection().Name).wants(t, 0, another.String())
	call("get", another.Name, "--api-version", "v2").wants(t, 2, "--api-version and --prefix are for HTTP")
}
