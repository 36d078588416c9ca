package starters

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestIntent(t *testing.T) {
	t.Parallel()
	many := make([]Operation, maxKnown+1)
	for i := range many {
		many[i] = succeededOp(strconv.Itoa(i), Unmarked, time.Time{})
	}
	before := &Known{Exists: true, Operations: []string{"a"}, OperationID: "key", Taken: []string{"key_1"}, At: since}
	rows := []struct {
		reason  string
		seen    Seen
		earlier *Known
		want    Known
	}{
		{"nothing there", Seen{}, nil, Known{At: later}},
		{"a target and its operations", seenOps(&Resource{}, runningOp("b", Others, later), succeededOp("a", Unmarked, earlier)), nil, Known{Exists: true, Operations: []string{"b", "a"}, At: later}},
		{"an id", Seen{OperationID: "key"}, nil, Known{OperationID: "key", At: later}},
		{"an earlier call, whose work this may be", Seen{Operations: many, OperationID: "key_2"}, before, Known{Exists: true, Operations: []string{"a"}, OperationID: "key_2", Taken: []string{"key_1"}, At: since}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(&row.want, intentOf(row.seen, row.earlier, later)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	full := intentOf(Seen{Operations: many}, nil, later)
	if len(full.Operations) != maxKnown || full.Operations[0] != "0" {
		t.Errorf("an intent has %d operations, the first %s", len(full.Operations), full.Operations[0])
	}
	// The last one was left out of the intent, and is not new.
	if op := (claim{known: full}).ofCall(Seen{Operations: many}); op != nil {
		t.Errorf("%s counts as new", op.Name)
	}
	fresh := append([]Operation{runningOp("new", Unmarked, time.Time{})}, many...)
	if op := (claim{known: full}).ofCall(Seen{Operations: fresh}); op == nil || op.Name != "operations/new" {
		t.Errorf("got %v, want the new one", op)
	}
}

func TestGiveWay(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason string
		known  Known
		after  time.Duration
		want   int
	}{
		{"reads may lag", Known{OperationID: "key"}, readLag, 0},
		{"longer than reads lag", Known{OperationID: "key"}, readLag + time.Second, 1},
		{"the service chooses ids", Known{}, readLag + time.Second, 0},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			row.known.At = since
			giveWay(&row.known, since.Add(row.after))
			if got := len(takenIDs(&row.known)); got != row.want {
				t.Errorf("%d ids are taken, want %d", got, row.want)
			}
		})
	}
	if ids := takenIDs(nil); ids != nil {
		t.Errorf("before a call %v are taken", ids)
	}
}
