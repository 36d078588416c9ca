package poller_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

// A schedule is a function of the time and of what was last seen, for a program
// that polls by itself.
func ExampleSchedule() {
	start := time.Now()
	elapsed := time.Duration(0)
	schedule := poller.NewSchedule(lro.PollPolicy{}, start, poller.ScheduleOptions{
		Now:    func() time.Time { return start.Add(elapsed) },
		Random: func() float64 { return 0 }, // no jitter
	})
	schedule.Observe(lro.Operation{Metadata: json.RawMessage(`{
		"@type": "type.googleapis.com/google.spanner.admin.database.v1.CreateBackupMetadata"}`)})
	fmt.Println("first read after", schedule.FirstBackOff())

	elapsed = time.Minute
	schedule.Observe(lro.Operation{Metadata: json.RawMessage(`{"progress": {"progressPercent": 49}}`)})
	fmt.Println("at 49% after a minute, the next after", schedule.NextBackOff().Round(time.Second))

	schedule.Observe(lro.Operation{})
	fmt.Println("without progress, after", schedule.NextBackOff())
	// Output:
	// first read after 20s
	// at 49% after a minute, the next after 46s
	// without progress, after 19s
}
