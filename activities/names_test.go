package activities_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"

	"github.com/awaitop/awaitop/activities"
)

type names []string

func (n *names) RegisterActivityWithOptions(_ any, options activity.RegisterOptions) {
	*n = append(*n, options.Name)
}

// The names are written out: a running workflow finds its activities by them.
func TestRegisteredNames(t *testing.T) {
	t.Parallel()
	var got names
	activities.New(nil, activities.Options{}).Register(&got)
	slices.Sort(got)
	want := names{"awaitop.CancelOperation", "awaitop.CancelOperations", "awaitop.DeleteOperation", "awaitop.GetOperation", "awaitop.ListOperations", "awaitop.PollOperation", "awaitop.PollOperations", "awaitop.ReadOperations"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("registered names (-want +got):\n%s", diff)
	}
}
