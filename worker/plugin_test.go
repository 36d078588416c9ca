package worker

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	temporaltest "go.temporal.io/sdk/testsuite"
	sdk "go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

func (p *plugin) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.workers)
}

// simple returns the plugin as the SDK has it.
func (p *plugin) simple(t *testing.T) *temporal.SimplePlugin {
	t.Helper()
	s, err := temporal.NewSimplePlugin(temporal.SimplePluginOptions{Name: PluginName, ConfigureWorker: p.configure, RunContextBefore: p.register, RunContextAfter: p.stop})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A worker that is never started is not kept, and one that may be started is.
func TestPluginForgetsWorkers(t *testing.T) {
	t.Parallel()
	p, err := newPlugin(t.Context(), Options{Rest: rest.Options{WithoutAuthentication: true}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s := p.simple(t)
	made := func() sdk.Worker { return sdk.New(c, "q", sdk.Options{Plugins: []sdk.Plugin{s}}) }
	kept := made()
	for range 20 {
		made()
	}
	for range 100 { // a cleanup runs some time after the collection
		if runtime.GC(); p.count() == 1 {
			break
		}
		runtime.Gosched()
	}
	if n := p.count(); n != 1 {
		t.Errorf("%d workers are kept, want the one that may be started", n)
	}
	runtime.KeepAlive(kept)
}

// startWorker configures and starts a worker as the SDK does. The options hold what is kept
// of it.
func startWorker(t *testing.T, s *temporal.SimplePlugin, instance string) (options *sdk.Options) {
	t.Helper()
	options = &sdk.Options{}
	err := s.ConfigureWorker(t.Context(), sdk.PluginConfigureWorkerOptions{
		WorkerInstanceKey: instance, TaskQueue: "q", WorkerOptions: options, WorkerRegistryOptions: &sdk.PluginConfigureWorkerRegistryOptions{},
	})
	if err != nil {
		t.Fatal(err)
	}
	var suite temporaltest.WorkflowTestSuite
	err = s.StartWorker(t.Context(), sdk.PluginStartWorkerOptions{WorkerInstanceKey: instance, WorkerRegistry: suite.NewTestWorkflowEnvironment()},
		func(context.Context, sdk.PluginStartWorkerOptions) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return options
}

// The last worker that stops closes the client's connections, and another that is
// started after it opens new ones.
func TestPluginClosesConnections(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	changed := make(chan struct{}, 100)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"done":true}`)
	}))
	server.Config.ConnState = func(c net.Conn, state http.ConnState) {
		mu.Lock()
		defer mu.Unlock()
		if open[c] = true; state == http.StateClosed {
			delete(open, c)
		}
		changed <- struct{}{}
	}
	server.Start()
	defer server.Close()
	conns := func(want int) {
		t.Helper()
		deadline := time.After(10 * time.Second)
		for {
			mu.Lock()
			n := len(open)
			mu.Unlock()
			if n == want {
				return
			}
			select {
			case <-changed:
			case <-deadline:
				t.Fatalf("%d connections are open, want %d", n, want)
			}
		}
	}
	p, err := newPlugin(t.Context(), Options{Rest: rest.Options{WithoutAuthentication: true, Services: []rest.Service{{Name: lro.SpannerService, Endpoint: server.URL}}}})
	if err != nil {
		t.Fatal(err)
	}
	s := p.simple(t)
	read := func() {
		t.Helper()
		if _, err := p.client.GetOperation(t.Context(), lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/o"}); err != nil {
			t.Fatal(err)
		}
	}
	stopWorker := func(instance string) {
		s.StopWorker(t.Context(), sdk.PluginStopWorkerOptions{WorkerInstanceKey: instance}, func(context.Context, sdk.PluginStopWorkerOptions) {})
	}
	first, second := startWorker(t, s, "first"), startWorker(t, s, "second")
	read()
	stopWorker("first")
	conns(1)
	stopWorker("second")
	conns(0)
	third := startWorker(t, s, "third")
	read()
	conns(1)
	stopWorker("third")
	conns(0)
	if n := p.count(); n != 0 {
		t.Errorf("%d workers are kept once all have stopped", n)
	}
	runtime.KeepAlive([]*sdk.Options{first, second, third})
}
