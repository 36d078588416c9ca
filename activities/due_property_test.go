package activities

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	temporaltest "go.temporal.io/sdk/testsuite"

	"github.com/awaitop/awaitop/internal/erratic"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// The world of a seed is a handful of operations, waits for them that come and go, and an
// erratic client. Whatever that does, each wait sees the end soon after the first Get or List
// could have shown it.

// soon is what a wait may take once the client is calm: a request given up on, a yield and
// two intervals, in a budget of 1 request a second.
const soon = erratic.Patience + 2*time.Minute

// world is a client.
type world struct{ *erratic.Client }

// wait awaits operations as a Temporal server has it awaited, whose workers stop now and
// then, and returns its last attempt's error.
func (w *world) wait(a *Activities, refs []lro.Ref, deadline time.Time) (done, expired bool, err error) {
	policy := lro.PollPolicy{InitialInterval: w.Between(time.Second, 10*time.Second), MaximumInterval: w.Between(10*time.Second, 20*time.Second), YieldInterval: w.Between(5*time.Second, 30*time.Second)}
	start := time.Now()
	for {
		var suite temporaltest.WorkflowTestSuite
		suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
		env := suite.NewTestActivityEnvironment()
		env.SetTestTimeout(24 * time.Hour)
		a.Register(env)
		stop := make(chan struct{})
		env.SetWorkerStopChannel(stop)
		stopping := time.AfterFunc(w.Between(time.Second, 5*time.Minute), func() { close(stop) })
		if len(refs) == 1 {
			var out PollOutput
			err = runIn(env, PollOperationName, PollInput{Ref: refs[0], StartTime: start, Deadline: deadline, Policy: policy}, &out)
			done, expired = out.Operation.Done, out.Expired
		} else {
			set, _ := sets.New(refs)
			var out sets.PollOutput
			err = runIn(env, PollOperationsName, sets.PollInput{Operations: set, StartTime: start, Deadline: deadline, Policy: policy}, &out)
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
	client, refs := erratic.New(seed)
	w := &world{client}
	budget := poller.Budget{RequestsPerSecond: float64(1 + w.IntN(20)), Burst: 1}
	poller, err := poller.New(erratic.Waiter{Client: client}, poller.Options{Budgets: map[string]poller.Budget{erratic.Service: budget}})
	if err != nil {
		t.Fatal(err)
	}
	a := New(poller, Options{MaxHeld: 1 + w.IntN(12), Random: func() float64 { return float64(w.IntN(1000)) / 1000 }})
	var all sync.WaitGroup
	for range 1 + w.IntN(12) {
		waited, deadline := refs[w.IntN(len(refs)):][:1], time.Time{}
		if w.IntN(3) == 0 {
			waited = refs
		}
		if w.IntN(3) == 0 {
			deadline = w.Began.Add(w.Between(time.Second, erratic.LastEnd+soon))
		}
		begins := w.Between(0, erratic.LastEnd)
		all.Go(func() {
			time.Sleep(begins)
			done, expired, err := w.wait(a, waited, deadline)
			switch took := time.Since(w.Began); {
			case err != nil:
				t.Errorf("seed %d: %v", seed, err)
			case expired && time.Now().Before(deadline.Add(-2*time.Second)), !expired && !done:
				t.Errorf("seed %d: done %v, expired %v, %v before its deadline", seed, done, expired, time.Until(deadline))
			case took > erratic.LastEnd+soon+10*time.Second:
				t.Errorf("seed %d: a wait for %d operations ended after %v", seed, len(waited), took)
			case expired && deadline.Sub(w.Began) > erratic.LastEnd+soon:
				t.Errorf("seed %d: a wait expired at %v, all had ended at %v", seed, took, erratic.LastEnd)
			}
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	<-ended
	time.Sleep(time.Hour) // until what hangs has ended
}
