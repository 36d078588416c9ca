package sets_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
)

// Operations that one List can answer for stand in one part.
func TestNew(t *testing.T) {
	t.Parallel()
	ref := func(name string) lro.Ref { return lro.Ref{Service: lro.SpannerService, Name: name} }
	refs := []lro.Ref{
		ref("projects/p/instances/i/databases/a/operations/1"),
		ref("projects/p/instances/i/operations/2"),
		ref("projects/p/instances/i/databases/b/operations/3"),
		{Service: "other.googleapis.com", Name: "4"},
	}
	set, order := sets.New(refs)
	want := sets.Set{
		{In: "//spanner.googleapis.com/projects/p/instances/i", Names: []string{"databases/a/operations/1", "databases/b/operations/3"}},
		{In: "//spanner.googleapis.com/projects/p/instances/i/operations", Names: []string{"2"}},
		{In: "//other.googleapis.com", Names: []string{"4"}},
	}
	if diff := cmp.Diff(want, set); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{0, 2, 1, 3}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
