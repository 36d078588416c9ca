package activities_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// BenchmarkServerWaitLag reports the mean lag of held polls over HTTP, from the end of an operation to
// its result: with waits at the server, by the schedule alone, and the ratio of the two. Both await the
// same operations, of 2 to 7 s, at the same time.
func BenchmarkServerWaitLag(b *testing.B) {
	const n = 20
	for b.Loop() {
		var both sync.WaitGroup
		var waits, schedule time.Duration
		both.Go(func() { waits = meanLag(b, n, false) })
		both.Go(func() { schedule = meanLag(b, n, true) })
		both.Wait()
		b.ReportMetric(float64(waits.Microseconds())/1000, "ms-lag")
		b.ReportMetric(float64(schedule.Microseconds())/1000, "ms-lag-by-schedule")
		b.ReportMetric(float64(waits)/float64(schedule), "lag/schedule")
	}
}

func meanLag(b *testing.B, n int, withoutWait bool) time.Duration {
	service := testsuite.ForTest(b, testsuite.Options{Service: "run.googleapis.com", Waits: true})
	client, err := rest.New(b.Context(), rest.Options{
		Services:              []rest.Service{{Name: "run.googleapis.com", Endpoint: service.Serve(b), WithoutWait: withoutWait}},
		WithoutAuthentication: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = client.Close() })
	a := activities.New(client, activities.Options{})
	lags := make([]time.Duration, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			// Each in a location of its own: no List answers for several.
			ref := service.Start(fmt.Sprintf("projects/p/locations/l%d/operations/o", i), testsuite.Script{RunsFor: 2*time.Second + time.Duration(i)*250*time.Millisecond})
			if _, err := poll(a, activities.PollInput{Ref: ref, StartTime: time.Now(), Policy: lro.PollPolicy{}}); err != nil {
				b.Error(err)
			}
			end, _, _ := service.EndTimes(ref)
			lags[i] = time.Since(end)
		})
	}
	all.Wait()
	var sum time.Duration
	for _, lag := range lags {
		sum += lag
	}
	return sum / time.Duration(n)
}
