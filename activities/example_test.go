package activities_test

import (
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
