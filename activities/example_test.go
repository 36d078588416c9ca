package activities_test

import (
	"context"
	"fmt"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// Walk all operations of an instance that have not ended.
func ExamplePages() {
	service, err := testsuite.NewService(testsuite.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	service.MustStart("projects/p/instances/i/operations/a", testsuite.Script{})
	service.MustStart("projects/p/instances/i/operations/b", testsuite.Script{End: testsuite.RunForever()})
	in := activities.ListInput{Collection: lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations"}}
	for page, err := range activities.Pages(context.Background(), service, in) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, op := range page.Operations {
			if !op.State().Terminal() {
				fmt.Println(op.Name)
			}
		}
	}
	// Output: projects/p/instances/i/operations/b
}
