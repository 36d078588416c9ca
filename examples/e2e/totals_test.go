package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// sharedTotal is the total of the workers of TestTotalIsShared, in requests per second.
	sharedTotal = 6
	// deadFor is for how long their Temporal server reports a poll that has ended, in place of 5 minutes.
	deadFor = 12 * time.Second
)

// Three workers share a total. One is killed: the others keep their shares for as long as the Temporal
// server reports it, and then divide the total among themselves. Another one that starts gets its part.
func TestTotalIsShared(t *testing.T) {
	t.Parallel()
	server, err := devserver.Start(t.Context(), devserver.Options{Log: os.Stderr, DynamicConfig: map[string]string{
		"matching.PollerHistoryTTL":           fmt.Sprintf("%q", deadFor),
		"matching.longPollExpirationInterval": `"2s"`, // a poll is reported from its start or end
	}})
	if err != nil {
		t.Fatalf("no Temporal server: %v", err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	b := newBench(t, benchOptions{address: server.Address(), noWorker: true})
	serve := func() *exec.Cmd {
		child, _ := b.workerOf(os.Args[0], activities.Options{}, workerAddress+"="+server.Address(), fmt.Sprintf("%s=%d", workerTotal, sharedTotal))
		return child
	}
	victim := serve()
	serve()
	serve()
	b.pollers(3)
	b.startSteady("first")
	b.pass(4 * time.Second) // two counts, and the bursts
	b.wantRate("three workers", 6*time.Second, sharedTotal)
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()
	killed := time.Now()
	b.wantRate("one is dead, and reported", 8*time.Second, sharedTotal*2./3)
	b.pollers(2)
	if after := time.Since(killed); after < deadFor-2*time.Second {
		t.Errorf("the dead worker was reported for %v", after)
	}
	b.pass(4 * time.Second) // two counts
	b.wantRate("two workers", 6*time.Second, sharedTotal)
	serve()
	b.pollers(3)
	b.startSteady("second") // held waits stay with their workers: it needs its own
	b.pass(4 * time.Second)
	b.wantRate("three again", 6*time.Second, sharedTotal)
}

// startSteady starts waits that would send ten times the total, each in a collection of its own, so that
// no List answers for several.
func (b *bench) startSteady(name string) {
	b.t.Helper()
	steady := lro.PollPolicy{InitialInterval: time.Second, MaximumInterval: time.Second, IgnoreProgress: true}
	for i := range 10 * sharedTotal {
		ref := b.service.Start(fmt.Sprintf("projects/p/instances/%s%d/operations/o", name, i), testsuite.Script{End: testsuite.RunForever()})
		b.start(ref, workflows.AwaitOptions{Policy: steady})
	}
}

// pollers waits until the Temporal server reports so many workers.
func (b *bench) pollers(n int) {
	b.t.Helper()
	b.waitFor(fmt.Sprintf("%d workers", n), func() bool {
		queue, err := b.client.DescribeTaskQueue(b.ctx, b.queue, enumspb.TASK_QUEUE_TYPE_ACTIVITY)
		identities := map[string]bool{}
		for _, by := range queue.GetPollers() {
			identities[by.GetIdentity()] = true
		}
		return err == nil && len(identities) == n
	})
}

// pass lets time pass.
func (b *bench) pass(d time.Duration) {
	b.t.Helper()
	select {
	case <-time.After(d):
	case <-b.ctx.Done():
		b.t.Fatal("the test's time is over")
	}
}

// wantRate measures the requests per second of all workers together, over some time.
func (b *bench) wantRate(when string, over time.Duration, want float64) {
	b.t.Helper()
	before, began := b.service.Count(testsuite.MethodGet), time.Now()
	b.pass(over)
	got := float64(b.service.Count(testsuite.MethodGet)-before) / time.Since(began).Seconds()
	b.t.Logf("%s: %.1f requests a second", when, got)
	if got < 0.8*want || got > 1.2*want {
		b.t.Errorf("%s: %.1f requests a second, want %.1f", when, got, want)
	}
}
