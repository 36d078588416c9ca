package lro_test

import (
	"context"
	"fmt"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

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
