package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	temporaltest "go.temporal.io/sdk/testsuite"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// The world of a seed is a handful of operations, waits for them that come and go, and a
// client whose Lists and Gets are late, fail, hang, end their goroutine or show ends
// without results. Whatever it does, what is due is being read, and each wait sees the
// end soon after the first Get or List could have told it.

const (
	worldService = "x.googleapis.com"
	// calm is when the client begins to answer at once, and lastEnd by when all have ended.
	calm    = 4 * time.Minute
	lastEnd = 6 * time.Minute
	// patience is how long the Poller waits for a reply.
	patience = 2 * time.Minute
	// soon is what a wait may take from then on: a request given up on, a yield and two
	// intervals, in a budget of 1 request a second.
	soon = patience + 2*time.Minute
)

// world is a client.
type world struct {
	began time.Time
	ends  map[string]time.Duration

	mu     sync.Mutex
	random *rand.Rand
}

func (w *world) intn(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(n)
}

func (w *world) between(least, most time.Duration) time.Duration {
	return least + time.Duration(w.intn(int((most-least)/time.Millisecond)))*time.Millisecond
}

func (w *world) operation(name string) lro.Operation {
	op := lro.Operation{Name: name}
	if time.Since(w.began) >= w.ends[name] {
		op.Done, op.Response = true, []byte(`{}`)
	}
	return op
}

// trouble is what may become of a request, before it is answered.
func (w *world) trouble() error {
	if time.Since(w.began) > calm {
		return nil
	}
	switch w.intn(12) {
	case 0:
		return &lro.Error{Status: lro.Status{Code: lro.CodeUnavailable}}
	case 1:
		return &lro.Error{Status: lro.Status{Code: lro.CodeResourceExhausted}, RetryAfter: w.between(0, 20*time.Second)}
	case 2:
		time.Sleep(w.between(time.Second, 15*time.Second))
	case 3:
		time.Sleep(w.between(time.Minute, 3*patience)) // whatever its context says
	case 4:
		runtime.Goexit()
	case 5:
		panic("the client panics")
	}
	return nil
}

func (w *world) GetOperation(_ context.Context, ref lro.Ref) (lro.Operation, error) {
	err := w.trouble()
	return w.operation(ref.Name), err
}

func (w *world) ListOperations(_ context.Context, in lro.ListRequest) (page lro.Page, err error) {
	for name := range w.ends {
		if (lro.Ref{Service: worldService, Name: name}).Collection() != in.Collection || w.intn(8) == 0 {
			continue
		}
		op := w.operation(name)
		if w.intn(4) == 0 {
			op.Response = nil
		}
		page.Operations = append(page.Operations, op)
	}
	if in.PageToken == "" && w.intn(3) == 0 {
		page.NextPageToken = "more"
	}
	return page, w.trouble() // what it shows is from before
}

func (*world) CancelOperation(context.Context, lro.Ref) error { return nil }
func (*world) DeleteOperation(context.Context, lro.Ref) error { return nil }

// wait awaits operations as a Temporal server has it awaited, whose workers stop now and
// then, and returns its last attempt's error.
func (w *world) wait(a *Activities, refs []lro.Ref, deadline time.Time) (done, expired bool, err error) {
	policy := lro.PollPolicy{InitialInterval: w.between(time.Second, 10*time.Second), MaximumInterval: w.between(10*time.Second, 20*time.Second), YieldInterval: w.between(5*time.Second, 30*time.Second)}
	start := time.Now()
	for {
		var suite temporaltest.WorkflowTestSuite
		suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
		env := suite.NewTestActivityEnvironment()
		env.SetTestTimeout(24 * time.Hour)
		a.Register(env)
		stop := make(chan struct{})
		env.SetWorkerStopChannel(stop)
		stopping := time.AfterFunc(w.between(time.Second, 5*time.Minute), func() { close(stop) })
		if len(refs) == 1 {
			var out PollOutput
			err = runIn(env, PollOperationName, PollInput{Ref: refs[0], StartTime: start, Deadline: deadline, Policy: policy}, &out)
			done, expired = out.Operation.Done, out.Expired
		} else {
			set, _ := NewSet(refs)
			var out PollSetOutput
			err = runIn(env, PollOperationsName, PollSetInput{Operations: set, StartTime: start, Deadline: deadline, Policy: policy}, &out)
			done, expired = err == nil && !out.Expired, out.Expired
		}
		stopping.Stop()
		var app *temporal.ApplicationError
		if !errors.As(err, &app) || app.Type() != YieldType {
			return done, expired, err
		}
		time.Sleep(app.NextRetryDelay())
	}
}

func runIn(env *temporaltest.TestActivityEnvironment, name string, in, out any) error {
	value, err := env.ExecuteActivity(name, in)
	if err != nil {
		return err
	}
	return value.Get(out)
}

func TestDueIsRead(t *testing.T) {
	t.Parallel()
	first := rand.Uint64()
	for i := range uint64(24) {
		seed := first + i
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { live(t, seed) })
		})
	}
}

// live runs the world of a seed to its end.
func live(t *testing.T, seed uint64) {
	w := &world{began: time.Now(), ends: map[string]time.Duration{}, random: rand.New(rand.NewPCG(seed, 0))}
	var refs []lro.Ref
	for i := range 2 + w.intn(8) {
		name := fmt.Sprintf("projects/p%d/operations/o%d", w.intn(2), i)
		w.ends[name] = w.between(0, lastEnd)
		refs = append(refs, lro.Ref{Service: worldService, Name: name})
	}
	budget := poller.Budget{RequestsPerSecond: float64(1 + w.intn(20)), Burst: 1}
	poller, err := poller.New(w, poller.Options{Budgets: map[string]poller.Budget{worldService: budget}})
	if err != nil {
		t.Fatal(err)
	}
	a := New(poller, Options{MaxHeld: 1 + w.intn(12), Random: func() float64 { return float64(w.intn(1000)) / 1000 }})
	var all sync.WaitGroup
	for range 1 + w.intn(12) {
		waited, deadline := refs[w.intn(len(refs)):][:1], time.Time{}
		if w.intn(3) == 0 {
			waited = refs
		}
		if w.intn(3) == 0 {
			deadline = w.began.Add(w.between(time.Second, lastEnd+soon))
		}
		begins := w.between(0, lastEnd)
		all.Go(func() {
			time.Sleep(begins)
			done, expired, err := w.wait(a, waited, deadline)
			switch took := time.Since(w.began); {
			case err != nil:
				t.Errorf("seed %d: %v", seed, err)
			case expired && time.Now().Before(deadline.Add(-2*time.Second)), !expired && !done:
				t.Errorf("seed %d: done %v, expired %v, %v before its deadline", seed, done, expired, time.Until(deadline))
			case took > lastEnd+soon+10*time.Second:
				t.Errorf("seed %d: a wait for %d operations ended after %v", seed, len(waited), took)
			case expired && deadline.Sub(w.began) > lastEnd+soon:
				t.Errorf("seed %d: a wait expired at %v, all had ended at %v", seed, took, lastEnd)
			}
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	<-ended
	time.Sleep(time.Hour) // until what hangs has ended
}
