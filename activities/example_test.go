package activities_test

import (
	"context"
	"fmt"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// The activities in the SDK's test environment; a worker.Worker takes them the
// same way.
func ExampleActivities_Register() {
	service, err := testsuite.NewService(testsuite.Options{})
	if err != nil {
		panic(err)
	}
	ref := service.MustStart("projects/p/instances/i/operations/o", testsuite.Script{RunsFor: time.Hour})
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
		service.MustStart(fmt.Sprintf("projects/p/instances/i/operations/%d", i), testsuite.Script{})
	}
	in := activities.ListInput{
		Collection: lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations"},
		PageSize:   2,
	}
	for page, err := range activities.Pages(context.Background(), service, in) {
		fmt.Println(len(page.Operations), err)
	}
	// Output:
	// 2 <nil>
	// 1 <nil>
}
