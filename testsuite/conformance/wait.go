package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// waitService is the service of the rows about waits, and waitName their operation.
const (
	waitService = "run.googleapis.com"
	waitName    = "projects/p/locations/l/operations/o"
)

// waitRow is one rule for a client that waits: while it waits, meanwhile happens.
type waitRow struct {
	name, reason string
	script       testsuite.Script
	faults       []testsuite.Fault
	meanwhile    func(waitBench)
	want         string // "state, calls" or the error's class
}

// waitBench is a client that waits, and its service.
type waitBench struct {
	waiter  lro.OperationWaiter
	service *testsuite.Service
	clock   *manualclock.Clock
	ref     lro.Ref
	giveUp  context.CancelFunc
}

// waitTimeout is the timeout of every row: not in whole seconds.
const waitTimeout = 90*time.Second + 500*time.Millisecond

func advance(by time.Duration) func(waitBench) {
	return func(b waitBench) { b.clock.Advance(by) }
}

func waitRows() []waitRow {
	running := testsuite.Script{RunsFor: time.Hour}
	return []waitRow{
		{"ends", "the end is seen when it comes", testsuite.Script{RunsFor: time.Minute}, nil, advance(time.Minute), "succeeded, 1 calls"},
		{"timeout", "a wait whose timeout is over shows a running operation", running, nil, advance(waitTimeout), "running, 1 calls"},
		{"canceled", "so is an end that another request causes", running, nil, func(b waitBench) {
			_ = b.service.CancelOperation(context.Background(), b.ref) // the scripted service refuses none
		}, "canceled, 2 calls"},
		{"early", "a service may answer at once", running, []testsuite.Fault{testsuite.EarlyReply()}, nil, "running, 1 calls"},
		{"unavailable", "a wait has one try", running, []testsuite.Fault{testsuite.Unavailable()}, nil, "transient, 1 calls"},
		{"unsupported", "UNIMPLEMENTED arrives as such", running, []testsuite.Fault{testsuite.FailWith(lro.CodeUnimplemented, "no wait here")}, nil, "unsupported, 1 calls"},
		{"context ends", "a caller that gives up is not kept waiting, and told why", running, nil, func(b waitBench) { b.giveUp() }, "given up, 1 calls"},
	}
}

func testWaits(t *testing.T, connect connector) {
	for _, row := range waitRows() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			clock := manualclock.New(epoch)
			service := testsuite.ForTest(t, testsuite.Options{Service: waitService, Waits: true, Clock: clock, Faults: row.faults})
			ref := service.Start(waitName, row.script)
			waiter, ok := lro.ClientAs[lro.OperationWaiter](connect(t, service))
			if !ok || !waiter.Waits(ref) {
				t.Skipf("the client does not wait for %s", ref)
			}
			if got := row.run(t, waitBench{waiter: waiter, service: service, clock: clock, ref: ref}); got != row.want {
				t.Errorf("%s: %s, want %s", row.reason, got, row.want)
			}
		})
	}
}

// run waits. Once the wait sleeps at the service, meanwhile happens.
func (r waitRow) run(t *testing.T, b waitBench) string {
	var ctx context.Context
	ctx, b.giveUp = context.WithCancel(t.Context())
	defer b.giveUp()
	if r.meanwhile != nil {
		go func() {
			if b.clock.BlockUntil(ctx, 1) == nil {
				r.meanwhile(b)
			}
		}()
	}
	op, err := b.waiter.WaitOperation(ctx, b.ref, waitTimeout)
	text := string(op.State())
	switch {
	case errors.Is(err, context.Canceled):
		text = "given up"
	case err != nil:
		text = string(lro.Classify(err))
	}
	return fmt.Sprintf("%s, %d calls", text, b.service.Count())
}
