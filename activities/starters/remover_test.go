package starters

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
)

func TestReasonToKeep(t *testing.T) {
	t.Parallel()
	until := later
	made := func(owner Owner, at time.Time) Resource { return Resource{Owner: owner, CreateTime: at} }
	rows := []struct {
		reason string
		target Resource
		in     RemoveInput
		want   RemoveResult
	}{
		{"the key's", made(Ours, later), RemoveInput{Since: since}, ""},
		{"the key's, without times", made(Ours, time.Time{}), RemoveInput{Since: since}, ""},
		{"the key's, older than the workflow", made(Ours, earlier), RemoveInput{Since: since}, RemoveNotOurs},
		{"another key's", made(Others, later), RemoveInput{Since: since}, RemoveNotOurs},
		{"made when it was said to be", made(Others, later), RemoveInput{CreateTime: later}, ""},
		{"made at another time", made(Ours, later), RemoveInput{CreateTime: since}, RemoveNotOurs},
		{"unmarked, in the window", made(Unmarked, later), RemoveInput{Since: since, Until: until}, ""},
		{"unmarked, a minute late", made(Unmarked, until.Add(maxClockSkew)), RemoveInput{Since: since, Until: until}, ""},
		{"unmarked, too late", made(Unmarked, until.Add(2*maxClockSkew)), RemoveInput{Since: since, Until: until}, RemoveNotOurs},
		{"unmarked, too old", made(Unmarked, earlier), RemoveInput{Since: since}, RemoveNotOurs},
		{"unmarked, without times", made(Unmarked, time.Time{}), RemoveInput{Since: since}, RemoveUnknown},
		{"unmarked, whoever's", made(Unmarked, earlier), RemoveInput{Key: "awaitop"}, ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := reasonToKeep(&row.target, row.in); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestMadeByAnother(t *testing.T) {
	t.Parallel()
	own, stranger := failedOp("own", Unmarked, since), succeededOp("s", Unmarked, later)
	rows := []struct {
		reason string
		makers []Operation
		want   RemoveResult
	}{
		{"no operation is listed", nil, ""},
		{"the newest is the caller's", []Operation{own, stranger}, ""},
		{"a newer one has succeeded", []Operation{stranger, own}, RemoveNotOurs},
		{"a newer one runs", []Operation{runningOp("r", Unmarked, later), own}, RemoveNotOurs},
		{"a newer one has failed", []Operation{failedOp("f", Unmarked, later), own}, ""},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := madeByAnother(row.makers, "operations/own"); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// What an attempt to remove does with the answers of its functions.
func TestRemover(t *testing.T) {
	t.Parallel()
	keyed := RemoveInput{Target: "things/t", Key: "awaitop"}
	down, gone := ofAPI(lro.CodeUnavailable), ofAPI(lro.CodeNotFound)
	rows := []struct {
		reason  string
		in      RemoveInput
		found   []*Resource // by Find, one after the other
		findErr error
		delete  lro.Operation
		answer  error // of Remove
		want    RemoveResult
		removed bool
		fails   string
	}{
		{reason: "the caller's", in: keyed, found: []*Resource{{Owner: Ours}}, want: RemoveDeleted, removed: true},
		{reason: "a stranger's", in: keyed, found: []*Resource{{Owner: Others}}, want: RemoveNotOurs},
		{reason: "not there", in: keyed, found: []*Resource{nil}, want: RemoveAbsent},
		{reason: "whoever's", in: RemoveInput{Target: "things/t"}, want: RemoveDeleted, removed: true},
		{reason: "gone meanwhile", in: keyed, found: []*Resource{{Owner: Ours}}, answer: gone, want: RemoveAbsent, removed: true},
		{reason: "a lost reply", in: keyed, found: []*Resource{{Owner: Ours}, nil}, answer: down, want: RemoveAbsent, removed: true},
		{reason: "not deleted", in: keyed, found: []*Resource{{Owner: Ours}, {Owner: Ours}}, answer: down, removed: true, fails: "RemoveFailed.UNAVAILABLE"},
		{reason: "refused", in: keyed, found: []*Resource{{Owner: Ours}}, answer: ofAPI(lro.CodeFailedPrecondition), removed: true, fails: "RemoveFailed.FAILED_PRECONDITION"},
		{reason: "by an operation that runs", in: keyed, found: []*Resource{{Owner: Ours}, {Owner: Ours}}, delete: lro.Operation{Name: "operations/d"}, removed: true, fails: "RemoveFailed.UNAVAILABLE"},
		{reason: "by an operation that has ended", in: keyed, found: []*Resource{{Owner: Ours}}, delete: lro.Operation{Name: "operations/d", Done: true}, want: RemoveDeleted, removed: true},
		{reason: "by an operation that has failed", in: keyed, found: []*Resource{{Owner: Ours}}, delete: failedOp("d", Unmarked, later).Operation, removed: true, fails: "RemoveFailed.FAILED_PRECONDITION"},
		{reason: "unreadable", in: keyed, findErr: down, fails: "RemoveFailed.UNAVAILABLE"},
		{reason: "invalid", in: RemoveInput{Target: "/t"}, fails: string(lro.TypeInvalidInput)},
		{reason: "not allowed", in: RemoveInput{Target: "forbidden"}, fails: string(lro.TypeInvalidInput)},
		{reason: "a stranger made it later", in: RemoveInput{Target: "things/t", Since: since, Operation: "operations/own"}, found: []*Resource{{CreateTime: later}}, want: RemoveNotOurs},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			removed := false
			b := newBench(t)
			Remover{
				Service: service,
				Check:   checkThing,
				Find: func(context.Context, string, string) (*Resource, error) {
					if row.findErr != nil {
						return nil, row.findErr
					}
					found := row.found[0]
					row.found = row.found[1:]
					return found, nil
				},
				Makers: func(context.Context, string) ([]Operation, error) {
					return []Operation{succeededOp("s", Unmarked, later), failedOp("own", Unmarked, since)}, nil
				},
				Remove: func(context.Context, string) (lro.Operation, error) { removed = true; return row.delete, row.answer },
			}.Register(b.env, b.core, "test.Remove")
			var out RemoveOutput
			fails := b.execute("test.Remove", row.in, &out)
			if diff := cmp.Diff(row.fails, fails); diff != "" {
				t.Errorf("failure (-want +got):\n%s", diff)
			}
			if out.Result != row.want || removed != row.removed {
				t.Errorf("%q, removed: %t; want %q, %t", out.Result, removed, row.want, row.removed)
			}
		})
	}
}

// The response of the operation tells whose the resource is, if the caller does not know it.
func TestRemoverReadsTheOperation(t *testing.T) {
	t.Parallel()
	const own = "operations/own"
	made := func(at string) lro.Operation {
		return lro.Operation{Name: own, Done: true, Response: jsonText(`{"createTime":"` + at + `"}`)}
	}
	atLater := made(later.Format(time.RFC3339Nano))
	bare := lro.Operation{Name: own, Done: true, Response: jsonText(`{}`)}
	undated := Resource{}
	dated := Resource{CreateTime: later}
	strangers := []Operation{succeededOp("s", Unmarked, later)}
	rows := []struct {
		reason  string
		in      RemoveInput
		target  Resource
		op      lro.Operation
		readErr error
		makers  []Operation
		reads   int
		want    RemoveResult
		fails   string
	}{
		{reason: "made then", target: dated, op: atLater, makers: strangers, reads: 1, want: RemoveDeleted},
		{reason: "made at another time", target: dated, op: made("2001-01-01T00:00:00Z"), reads: 1, want: RemoveNotOurs},
		{reason: "made then, its mark was taken off", target: Resource{Owner: Others, CreateTime: later}, op: atLater, reads: 1, want: RemoveDeleted},
		{reason: "its mark suffices", in: RemoveInput{Key: "awaitop"}, target: Resource{Owner: Ours, CreateTime: later}, want: RemoveDeleted},
		{reason: "another's mark", target: Resource{Owner: Others, CreateTime: later}, op: bare, reads: 1, want: RemoveNotOurs},
		{reason: "the caller knows when", in: RemoveInput{CreateTime: later}, target: dated, want: RemoveDeleted},
		{reason: "the operation has failed", in: RemoveInput{Since: since}, target: dated, want: RemoveDeleted},
		{reason: "nothing dates the resource", target: undated, want: RemoveDeleted},
		{reason: "nothing dates the resource, and another operation has made it since", target: undated, makers: strangers, want: RemoveNotOurs},
		{reason: "the response says nothing", target: dated, op: bare, reads: 1, want: RemoveDeleted},
		{reason: "no record is left", target: dated, readErr: ofAPI(lro.CodeNotFound), reads: 1, want: RemoveDeleted},
		{reason: "no record is left but a stranger's", target: dated, readErr: ofAPI(lro.CodeNotFound), makers: strangers, reads: 1, want: RemoveNotOurs},
		{reason: "it cannot be read", target: dated, readErr: ofAPI(lro.CodeUnimplemented), reads: 1, want: RemoveDeleted},
		{reason: "it cannot be read for now", target: dated, readErr: ofAPI(lro.CodeUnavailable), reads: 1, fails: "RemoveFailed.UNAVAILABLE"},
		{reason: "it may not be read for now", target: dated, readErr: ofAPI(lro.CodePermissionDenied), reads: 1, fails: "RemoveFailed.PERMISSION_DENIED"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			b, reads, removed := newBench(t), 0, false
			b.read = func(ref lro.Ref) (lro.Operation, error) {
				if reads++; ref != (lro.Ref{Service: service, Name: own}) {
					t.Errorf("reads %s", ref)
				}
				return row.op, row.readErr
			}
			Remover{
				Service: service,
				Find:    func(context.Context, string, string) (*Resource, error) { return &row.target, nil },
				Makers:  func(context.Context, string) ([]Operation, error) { return row.makers, nil },
				Remove:  func(context.Context, string) (lro.Operation, error) { removed = true; return lro.Operation{}, nil },
			}.Register(b.env, b.core, "test.Remove")
			row.in.Target, row.in.Operation = "things/t", own
			var out RemoveOutput
			fails := b.execute("test.Remove", row.in, &out)
			if fails != row.fails || out.Result != row.want || removed != (row.want == RemoveDeleted) || reads != row.reads {
				t.Errorf("%q, removed: %t, %d reads, fails %q; want %q, %d, %q", out.Result, removed, reads, fails, row.want, row.reads, row.fails)
			}
		})
	}
}

func TestGetter(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason string
		name   string
		found  string
		err    error
		fails  string
	}{
		{reason: "there", name: "things/t", found: `{"name":"things/t"}`},
		{reason: "not there", name: "things/t"},
		{reason: "refused", name: "things/t", err: ofAPI(lro.CodePermissionDenied), fails: "ReadFailed.PERMISSION_DENIED"},
		{reason: "says nothing", name: "things/t", err: errors.New("reset"), fails: "ReadFailed.UNKNOWN"},
		{reason: "not allowed", name: "forbidden", fails: string(lro.TypeInvalidInput)},
		{reason: "no name", fails: string(lro.TypeInvalidInput)},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			Getter{Service: service, Check: checkThing, Get: func(context.Context, string) (raw jsonText, err error) {
				if row.found != "" {
					raw = jsonText(row.found)
				}
				return raw, row.err
			}}.Register(b.env, b.core, "test.Get")
			var out ResourceOutput
			fails := b.execute("test.Get", ResourceInput{Name: row.name}, &out)
			if fails != row.fails || out.Found != (row.found != "") || string(out.Resource) != row.found {
				t.Errorf("got %q, %+v", fails, out)
			}
		})
	}
}
