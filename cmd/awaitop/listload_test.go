package main_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/time/rate"
	"google.golang.org/grpc"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/watch"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// counting dials the Temporal server, and counts the requests.
func counting(t *testing.T, requests *atomic.Int32) client.Client {
	t.Helper()
	counted, err := client.DialContext(t.Context(), client.Options{HostPort: dev.Address(), ConnectionOptions: client.ConnectionOptions{DialOptions: []grpc.DialOption{
		grpc.WithChainUnaryInterceptor(func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
			requests.Add(1)
			return invoke(ctx, method, req, reply, cc, opts...)
		}),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(counted.Close)
	requests.Store(0)
	return counted
}

// children awaits operations in children, and one inline, by which list finds it.
func children(ctx workflow.Context, refs []lro.Ref) error {
	for _, ref := range refs[1:] {
		workflows.ExecuteChild(ctx, ref, workflows.AwaitOptions{})
	}
	_, err := workflows.Await(ctx, refs[0], workflows.AwaitOptions{SearchAttributes: true})
	return err
}

// The request rate of list holds for children too.
func TestListLoad(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	var refs []lro.Ref
	for i := range 21 {
		refs = append(refs, s.start(fmt.Sprintf("o%d", i), testsuite.Script{RunsFor: 5 * time.Minute}))
	}
	id := s.queue + "-children"
	s.run(id, children, refs)
	eventually(t, func() error {
		status, err := control.Describe(t.Context(), s.client, id, control.Options{WithoutQuery: true})
		if err == nil && len(status.Waits) < len(refs) {
			err = fmt.Errorf("%d waits", len(status.Waits))
		}
		return err
	})
	var requests atomic.Int32
	counted := counting(t, &requests)
	began := time.Now()
	page, err := control.List(t.Context(), counted, control.ListOptions{Query: "WorkflowId = '" + id + "'", RequestsPerSecond: 10})
	if err != nil || len(page.Statuses) != 1 || len(page.Statuses[0].Waits) != len(refs) {
		t.Fatalf("%v, %+v", err, page)
	}
	if perSecond := float64(requests.Load()-2) / time.Since(began).Seconds(); perSecond > 11 {
		t.Errorf("%d requests, %.1f a second, want 10", requests.Load(), perSecond)
	}
}

// A watch keeps to its rate of requests, whatever there is to describe.
func TestWatchLoad(t *testing.T) {
	t.Parallel()
	s := newSite(t, testsuite.Options{})
	s.embedded(sdk.Options{})
	var refs []lro.Ref
	for i := range 21 {
		refs = append(refs, s.start(fmt.Sprintf("o%d", i), testsuite.Script{RunsFor: 5 * time.Minute}))
	}
	id := s.queue + "-children"
	s.run(id, children, refs)
	var requests atomic.Int32
	const perSecond = 10
	options := control.ListOptions{Query: "WorkflowId = '" + id + "' OR ParentWorkflowId = '" + id + "'"}
	options.WithoutQuery, options.Limit = true, rate.NewLimiter(perSecond, 1)
	source := watch.Search{Client: counting(t, &requests), Options: options}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	began := time.Now()
	var last watch.Snapshot
	err := watch.New(source, watch.Options{Interval: time.Second, RequestsPerSecond: perSecond}).Run(ctx, func(s watch.Snapshot) { last = s })
	if !errors.Is(err, context.DeadlineExceeded) || last.Total == 0 {
		t.Fatalf("%v, %+v", err, last)
	}
	if rate := float64(requests.Load()-1) / time.Since(began).Seconds(); rate > perSecond*1.1 { // the first one is free
		t.Errorf("%d requests, %.1f a second, want %d", requests.Load(), rate, perSecond)
	}
}
