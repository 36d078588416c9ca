package main_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A command ends in time although the codec server does not answer.
func TestCodecServerHangs(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 100)
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(endpoint.Close)
	s := newSite(t, testsuite.Options{})
	s.serve("")
	ref := s.start("o", testsuite.Script{End: testsuite.RunForever()})
	s.polled(s.await(ref, workflows.AwaitOptions{}))
	for _, args := range [][]string{{"describe", ref.String()}, {"list", "--workflow", workflows.WorkflowID(ref)}} {
		p := start(t, append(args, "--codec-endpoint", endpoint.URL)...)
		select {
		case <-asked:
		case <-time.After(30 * time.Second):
			t.Fatalf("%v does not ask the codec server", args)
		}
		began := time.Now()
		if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		p.wait(t).wants(t, 130, "interrupted")
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%v ended %v after SIGTERM", args, took)
		}
	}
}

// An endless reply of the codec server does not fill the command's memory.
func TestCodecServerFloods(t *testing.T) {
	t.Parallel()
	const flood = 256 << 20
	for _, status := range []int{http.StatusOK, http.StatusInternalServerError} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			var sent atomic.Int64
			endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.WriteHeader(status)
				for chunk := make([]byte, 1<<20); sent.Load() < flood; {
					n, err := w.Write(chunk)
					if sent.Add(int64(n)); err != nil {
						return
					}
				}
			}))
			t.Cleanup(endpoint.Close)
			s := newSite(t, testsuite.Options{})
			s.serve("")
			ref := s.start(strings.ToLower(strings.ReplaceAll(http.StatusText(status), " ", "-")), testsuite.Script{End: testsuite.RunForever()})
			s.polled(s.await(ref, workflows.AwaitOptions{}))
			awaitop(t, "describe", ref.String(), "--codec-endpoint", endpoint.URL).wants(t, 0, "do not decode")
			if n := sent.Load(); n > flood/4 {
				t.Errorf("%d MiB were read of the codec server's replies", n>>20)
			}
		})
	}
}
