package activities_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

// The activities in the SDK's test environment; a worker.Worker takes them the
// same way.
func ExampleActivities_Register() {
	service, err := testsuite.NewService(testsuite.Options{})
	if err != nil {
		panic(err)
	}
	ref := service.Start("projects/p/instances/i/operations/o", testsuite.Script{RunsFor: time.Hour})
	env := newEnv()
	activities.New(service, activities.Options{}).Register(env)
	value, err := env.ExecuteActivity(activities.GetOperationName, activities.OperationInput{Ref: ref})
	if err != nil {
		panic(err)
	}
	var op lro.Operation
	fmt.Println(value.Get(&op), op.State())
	// Output: <nil> running
}

// All operations of an instance, two at a time.
func ExamplePages() {
	service, err := testsuite.NewService(testsuite.Options{})
	if err != nil {
		panic(err)
	}
	for i := range 3 {
		service.Start(fmt.Sprintf("projects/p/instances/i/operations/%d", i), testsuite.Script{})
	}
	in := lro.ListRequest{
		Collection: lro.Collection{Service: lro.SpannerService, Name: "projects/p/instances/i/operations"},
		PageSize:   2,
	}
	for page, err := range lro.Pages(context.Background(), service, in) {
		fmt.Println(len(page.Operations), err)
	}
	// Output:
	// 2 <nil>
	// 1 <nil>
}

// A schedule is a function of the time and of what was last seen, for whoever
// polls without PollOperation.
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
