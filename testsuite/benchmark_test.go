package testsuite_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

const (
	// manyOperations is a fleet's population, manyCalls what it polls in an
	// hour at 30 s.
	manyOperations = 10_000
	manyCalls      = 500_000
)

// populated is a service with n operations in one collection, all running.
func populated(b *testing.B, n int) (*testsuite.Service, []lro.Ref) {
	b.Helper()
	service := testsuite.ForTest(b, testsuite.Options{PageSize: 1000})
	refs := make([]lro.Ref, n)
	for i := range refs {
		refs[i] = service.Start(fmt.Sprintf("%s/operations/o%d", instance, i), testsuite.Script{RunsFor: time.Hour})
	}
	return service, refs
}

// listAll reads the whole collection, page by page.
func listAll(b *testing.B, service *testsuite.Service) (found int) {
	b.Helper()
	in := lro.ListRequest{Collection: lro.Collection{Service: lro.SpannerService, Name: instance + "/operations"}}
	for page, err := range lro.Pages(b.Context(), service, in) {
		if err != nil {
			b.Fatal(err)
		}
		found += len(page.Operations)
	}
	return found
}

// BenchmarkList reports what an operation costs in a list of 10,000, in pages of
// 1,000, as a multiple of what it costs in a list of 1,000: 1 is linear.
func BenchmarkList(b *testing.B) {
	few, _ := populated(b, manyOperations/10)
	many, _ := populated(b, manyOperations)
	began := time.Now()
	for range b.N {
		if got := listAll(b, few); got != manyOperations/10 {
			b.Fatalf("%d operations", got)
		}
	}
	perOperation := time.Since(began) / (manyOperations / 10)
	b.ResetTimer()
	for range b.N {
		if got := listAll(b, many); got != manyOperations {
			b.Fatalf("%d operations", got)
		}
	}
	b.ReportMetric(float64(b.Elapsed()/manyOperations)/float64(perOperation), "many/few")
}

// BenchmarkCount counts, tells and gets on a service that has served half a
// million calls.
func BenchmarkCount(b *testing.B) {
	service, refs := populated(b, manyOperations)
	for i := range manyCalls {
		if err := service.CancelOperation(b.Context(), refs[i%len(refs)]); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	for i := range b.N {
		service.EndTimes(refs[i%len(refs)])
		if got := service.Count(testsuite.MethodCancel); got != manyCalls {
			b.Fatalf("%d calls", got)
		}
	}
}
