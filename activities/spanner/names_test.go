package spanner_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
)

type registered []string

func (r *registered) RegisterActivityWithOptions(_ any, options activity.RegisterOptions) {
	*r = append(*r, options.Name)
}

// The names are written out: a running workflow finds its activities by them.
func TestRegisteredNames(t *testing.T) {
	t.Parallel()
	var got registered
	newBench(t).acts.Register(&got)
	slices.Sort(got)
	want := registered{
		"awaitop.spanner.ChangeQuorum",
		"awaitop.spanner.CopyBackup",
		"awaitop.spanner.CreateBackup",
		"awaitop.spanner.CreateDatabase",
		"awaitop.spanner.CreateInstance",
		"awaitop.spanner.CreateInstanceConfig",
		"awaitop.spanner.CreateInstancePartition",
		"awaitop.spanner.DeleteBackup",
		"awaitop.spanner.DeleteInstance",
		"awaitop.spanner.DeleteInstanceConfig",
		"awaitop.spanner.DeleteInstancePartition",
		"awaitop.spanner.DropDatabase",
		"awaitop.spanner.GetBackup",
		"awaitop.spanner.GetDatabase",
		"awaitop.spanner.GetInstance",
		"awaitop.spanner.GetInstanceConfig",
		"awaitop.spanner.GetInstancePartition",
		"awaitop.spanner.MoveInstance",
		"awaitop.spanner.RestoreDatabase",
		"awaitop.spanner.UpdateDatabase",
		"awaitop.spanner.UpdateDatabaseDdl",
		"awaitop.spanner.UpdateInstance",
		"awaitop.spanner.UpdateInstanceConfig",
		"awaitop.spanner.UpdateInstancePartition",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("registered names (-want +got):\n%s", diff)
	}
}
