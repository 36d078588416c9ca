package testsuite_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/awaitop/awaitop/internal/manualclock"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// crowdSize is how many operations are polled at once: hundreds, as a fleet of
// waits does.
const crowdSize = 400

// crowdScript varies with i: some fail, some are canceled.
func crowdScript(i int) testsuite.Script {
	script := testsuite.Script{RunsFor: time.Duration(1+i%7) * time.Minute}
	if i%5 == 0 {
		script.End = testsuite.Fail(lro.CodeAborted, "no")
	}
	if i%3 == 0 {
		script.RunsFor, script.OnCancel = time.Hour, testsuite.HonorCancel(time.Minute)
	}
	return script
}

func crowdState(i int) lro.State {
	switch {
	case i%3 == 0:
		return lro.StateCanceled
	case i%5 == 0:
		return lro.StateFailed
	default:
		return lro.StateSucceeded
	}
}

// pollToTheEnd polls every ten seconds, through whatever the faults do.
func pollToTheEnd(ctx context.Context, client lro.Client, clock poller.Clock, ref lro.Ref) (lro.Operation, error) {
	for {
		op, err := client.GetOperation(ctx, ref)
		switch {
		case err == nil && op.Done:
			return op, nil
		case err != nil && !lro.Classify(err).Retryable():
			return op, err
		}
		if err := clock.Sleep(ctx, 10*time.Second); err != nil {
			return op, err
		}
	}
}

func TestHundredsAtOnce(t *testing.T) {
	t.Parallel()
	connections := map[string]func(*testing.T, *testsuite.Service) lro.Client{
		"memory": func(_ *testing.T, service *testsuite.Service) lro.Client { return service },
		"http": func(t *testing.T, service *testsuite.Service) lro.Client {
			client, err := rest.New(t.Context(), rest.Options{
				Services: []rest.Service{{Name: lro.SpannerService, Endpoint: service.Serve(t)}}, WithoutAuthentication: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = client.Close() })
			return client
		},
	}
	for name, connect := range connections {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := manualclock.New(epoch)
			clock.AutoAdvance()
			service := testsuite.ForTest(t, testsuite.Options{Clock: clock, Faults: []testsuite.Fault{
				testsuite.Unavailable().During(time.Minute, 70*time.Second), testsuite.DroppedConnection().On(testsuite.MethodGet).Calls(50, 60),
			}})
			pollCrowd(t, service, clock, connect(t, service))
			service.AssertNoneRunning(t)
			service.AssertCalls(t, testsuite.MethodCancel, (crowdSize+2)/3)
			if got := clock.Now().Sub(epoch); got > 10*time.Minute {
				t.Errorf("all together took %v, want about what the longest takes", got)
			}
		})
	}
}

func pollCrowd(t *testing.T, service *testsuite.Service, clock *manualclock.Clock, client lro.Client) {
	var all sync.WaitGroup
	defer all.Wait()
	leaves := make([]func(), crowdSize)
	for i := range leaves { // all, before the first sleeps
		leaves[i] = clock.Join()
	}
	for i := range crowdSize {
		all.Go(func() {
			defer leaves[i]()
			ref := service.Start(fmt.Sprintf("%s/operations/o%d", database, i), crowdScript(i))
			if i%3 == 0 {
				if err := client.CancelOperation(t.Context(), ref); err != nil {
					t.Errorf("%s: %v", ref, err)
				}
			}
			op, err := pollToTheEnd(t.Context(), client, clock, ref)
			if err != nil || op.State() != crowdState(i) {
				t.Errorf("%s: %s, %v, want %s", ref, op.State(), err, crowdState(i))
			}
			_ = service.Running()
		})
	}
}
