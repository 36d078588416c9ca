package testsuite_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// An operation that runs for twenty minutes, on a clock that stands still.
func Example() {
	ctx := context.Background()
	clock := manualclock.New(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	service, err := testsuite.NewService(testsuite.Options{Clock: clock})
	if err != nil {
		panic(err)
	}
	ref := service.MustStart("projects/p/instances/i/databases/d/operations/o", testsuite.Script{
		RunsFor: 20 * time.Minute,
		End:     testsuite.Succeed(`{"@type":"type.googleapis.com/google.protobuf.Empty"}`),
	})
	for range 3 {
		op, err := service.GetOperation(ctx, ref)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s, %d%%\n", op.State(), lro.ProgressOf(op.Metadata).Percent)
		clock.Advance(10 * time.Minute)
	}
	fmt.Println(service.Count(testsuite.MethodGet), "polls")
	// Output:
	// running, 0%
	// running, 50%
	// succeeded, 100%
	// 3 polls
}

// The second statement of a schema change fails; the first has committed.
func ExampleScript() {
	script := testsuite.Script{
		Polls:      1,
		Metadata:   testsuite.DDLMetadata("projects/p/instances/i/databases/d", "CREATE TABLE t", "CREATE UNIQUE INDEX u"),
		EndPercent: 50,
		End:        testsuite.Fail(lro.CodeFailedPrecondition, "found duplicate keys"),
		OnCancel:   testsuite.CancelUnimplemented(),
		OnDelete:   testsuite.DeleteUnimplemented(),
	}
	service, err := testsuite.NewService(testsuite.Options{})
	if err != nil {
		panic(err)
	}
	ref := service.MustStart("projects/p/instances/i/databases/d/operations/ddl", script)
	fmt.Println(service.CancelOperation(context.Background(), ref))
	for range 2 {
		op, err := service.GetOperation(context.Background(), ref)
		if err != nil {
			panic(err)
		}
		fmt.Println(op.State(), lro.ProgressOf(op.Metadata).Committed)
	}
	// Output:
	// CancelOperation: UNIMPLEMENTED (HTTP 501): the operation cannot be canceled
	// running 0
	// failed 1
}

// A cancel that wins, one that loses the race, and one that is refused.
func ExampleCancel() {
	service, err := testsuite.NewService(testsuite.Options{})
	if err != nil {
		panic(err)
	}
	for i, cancel := range []testsuite.Cancel{
		testsuite.HonorCancel(0),
		testsuite.CompleteOnCancel(0),
		testsuite.RefuseCancel(lro.CodePermissionDenied, "not yours"),
	} {
		ref := service.MustStart(fmt.Sprintf("projects/p/instances/i/operations/%d", i), testsuite.Script{
			RunsFor: time.Hour, OnCancel: cancel,
		})
		err := service.CancelOperation(context.Background(), ref)
		op, _ := service.Peek(ref)
		fmt.Println(op.State(), err)
	}
	// Output:
	// canceled <nil>
	// succeeded <nil>
	// running CancelOperation: PERMISSION_DENIED (HTTP 403): not yours
}

// The service is slow for the second call, refuses the third for want of quota,
// and a proxy answers the fourth.
func ExampleFault() {
	clock := manualclock.New(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	clock.AutoAdvance() // or the slow call would wait for an Advance
	service, err := testsuite.NewService(testsuite.Options{Clock: clock, Faults: []testsuite.Fault{
		testsuite.Slow(5*time.Second).On(testsuite.MethodGet).Calls(2, 2),
		testsuite.RateLimited(30*time.Second).Calls(3, 3),
		testsuite.HTMLPage(502).Calls(4, 4),
	}})
	if err != nil {
		panic(err)
	}
	ref := service.MustStart("projects/p/instances/i/operations/o", testsuite.Script{RunsFor: time.Hour})
	for range 4 {
		before := clock.Now()
		_, err := service.GetOperation(context.Background(), ref)
		fmt.Println(clock.Now().Sub(before), err)
	}
	// Output:
	// 0s <nil>
	// 5s <nil>
	// 0s GetOperation: RESOURCE_EXHAUSTED (HTTP 429): quota exceeded for AdminMethodQuotaPerMinutePerProject
	// 0s GetOperation: UNAVAILABLE: HTTP 502 Bad Gateway without a google.rpc.Status
}

// CreateInstance over HTTP, with Spanner's paths and bodies.
func ExampleServer() {
	service, err := testsuite.NewService(testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		testsuite.MethodCreateInstance: {{RunsFor: time.Hour, Metadata: testsuite.NoMetadata()}},
	}})
	if err != nil {
		panic(err)
	}
	server, err := testsuite.NewServer(service, testsuite.ServerOptions{})
	if err != nil {
		panic(err)
	}
	defer func() { _ = server.Close() }()
	response, err := http.Post(server.URL+"/v1/projects/p/instances", "application/json",
		strings.NewReader(`{"instanceId": "i", "instance": {"displayName": "one"}}`))
	if err != nil {
		panic(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	fmt.Println(response.StatusCode, string(body), err)
	fmt.Println(service.Running())
	// Output:
	// 200 {"name":"projects/p/instances/i/operations/_auto_op_1"} <nil>
	// [//spanner.googleapis.com/projects/p/instances/i/operations/_auto_op_1]
}

// Assertions in a test: t is the test's own.
func ExampleAssertNoneRunning() {
	t := &fakeT{} // stands in for *testing.T
	service := testsuite.ForTest(t, testsuite.Options{})
	ref := service.MustStart("projects/p/instances/i/operations/o", testsuite.Script{RunsFor: time.Hour})
	testsuite.AssertNoneRunning(t, service)
	if err := service.CancelOperation(context.Background(), ref); err != nil {
		t.Errorf("cancel: %v", err)
	}
	testsuite.AssertNoneRunning(t, service)
	testsuite.AssertCanceled(t, service, ref)
	fmt.Println(strings.Join(t.failures, "\n"))
	// Output: 1 operations are still running: [//spanner.googleapis.com/projects/p/instances/i/operations/o]
}

// The conformance suite for a client of one's own.
func ExampleTestClient() {
	_ = func(t *testing.T) { // func TestMyClient(t *testing.T)
		testsuite.TestClient(t, func(t *testing.T, service *testsuite.Service) lro.Client {
			server := testsuite.ServeForTest(t, service, testsuite.ServerOptions{})
			return httpClient{base: server.URL + "/v1/"} // the client under test
		})
	}
}
