package starters

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities/undos"
	"github.com/awaitop/awaitop/lro"
)

// What an attempt to remove makes of the delete that the attempt before has sent, and what it leaves to the
// attempt after.
func TestRemoverAwaitsTheDelete(t *testing.T) {
	t.Parallel()
	const name = "operations/d"
	keyed := RemoveInput{Target: "things/t", Key: "awaitop"}
	running, failed := lro.Operation{Name: name}, failedOp("d", Unmarked, later).Operation
	missed := failed
	missed.Error = &lro.Status{Code: lro.CodeNotFound}
	gone, down := ofAPI(lro.CodeNotFound), ofAPI(lro.CodeUnavailable)
	there, none := &Resource{Owner: Ours}, (*Resource)(nil)
	sent, unnamed := undos.NewDeleting(name), undos.NewDeleting("")
	rows := []struct {
		reason  string
		sent    *undos.Deleting // by the attempt before
		op      lro.Operation   // as it is read
		readErr error
		found   *Resource
		delete  lro.Operation // what Remove returns
		removed bool
		want    RemoveResult
		fails   string
		leaves  []*undos.Deleting // the records, in order
	}{
		{reason: "the first attempt starts the operation", found: there, delete: running, removed: true, fails: "RemoveFailed.UNAVAILABLE", leaves: []*undos.Deleting{sent}},
		{reason: "the first attempt finds the target on its way out", found: &Resource{Owner: Ours, Deleting: true}, fails: "RemoveFailed.UNAVAILABLE", leaves: []*undos.Deleting{unnamed}},
		{reason: "a delete that is none leaves nothing", found: there, removed: true, want: RemoveDeleted},
		{reason: "a name that does not fit a heartbeat is left out", found: there, delete: lro.Operation{Name: strings.Repeat("o", 2<<10)}, removed: true, fails: "RemoveFailed.UNAVAILABLE", leaves: []*undos.Deleting{unnamed}},

		{reason: "it runs, whatever is seen of the target", sent: sent, op: running, found: none, fails: "RemoveFailed.UNAVAILABLE"},
		{reason: "it has deleted the target", sent: sent, op: lro.Operation{Name: name, Done: true}, found: there, want: RemoveDeleted},
		{reason: "it has failed: the attempt after deletes again", sent: sent, op: failed, found: there, fails: "RemoveFailed.FAILED_PRECONDITION", leaves: []*undos.Deleting{nil}},
		{reason: "it has not found the target, which is gone", sent: sent, op: missed, found: none, want: RemoveDeleted},
		{reason: "it cannot be read for now", sent: sent, readErr: down, found: none, fails: "RemoveFailed.UNAVAILABLE"},
		{reason: "its record is gone, and the target", sent: sent, readErr: gone, found: none, want: RemoveDeleted},
		{reason: "its record is gone, and the target is there", sent: sent, readErr: gone, found: there, removed: true, want: RemoveDeleted},
		{reason: "it may not be read, and the target is kept as deleted", sent: sent, readErr: ofAPI(lro.CodePermissionDenied), found: &Resource{Owner: Ours, Deleted: true}, want: RemoveDeleted},
		{reason: "it may not be read, and the target is on its way out", sent: sent, readErr: ofAPI(lro.CodePermissionDenied), found: &Resource{Owner: Ours, Deleting: true}, fails: "RemoveFailed.UNAVAILABLE"},
		{reason: "it has no name, and the target is gone", sent: unnamed, found: none, want: RemoveDeleted},
		{reason: "it has no name, and another caller has made the target since", sent: unnamed, found: &Resource{Owner: Others}, want: RemoveNotOurs},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			b, removed := newBench(t), false
			var leaves []*undos.Deleting
			b.env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) {
				var beat undos.Heartbeat
				if err := details.Get(&beat); err != nil {
					t.Error(err)
				}
				leaves = append(leaves, beat.Deleting)
			})
			if row.sent != nil {
				b.env.SetHeartbeatDetails(undos.Heartbeat{Deleting: row.sent})
			}
			b.read = func(lro.Ref) (lro.Operation, error) { return row.op, row.readErr }
			Remover{
				Service: service,
				Find:    func(context.Context, string, string) (*Resource, error) { return row.found, nil },
				Remove:  func(context.Context, string) (lro.Operation, error) { removed = true; return row.delete, nil },
			}.Register(b.env, b.core, "test.Remove")
			var out RemoveOutput
			fails := b.execute("test.Remove", keyed, &out)
			if fails != row.fails || out.Result != row.want || removed != row.removed {
				t.Errorf("%q, removed: %t, fails %q; want %q, %t, %q", out.Result, removed, fails, row.want, row.removed, row.fails)
			}
			if diff := cmp.Diff(row.leaves, leaves); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}
