package starters

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
)

// Times of the tests: since is when the workflow began.
var (
	since   = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	later   = since.Add(time.Hour)
	earlier = since.Add(-time.Hour)
)

func runningOp(id string, owner Owner, start time.Time) Operation {
	return Operation{Operation: lro.Operation{Name: "operations/" + id}, Owner: owner, StartTime: start}
}

func succeededOp(id string, owner Owner, start time.Time) Operation {
	op := runningOp(id, owner, start)
	op.Done = true
	return op
}

// madeOp is a succeeded operation that only its response dates.
func madeOp(id string, owner Owner, made time.Time) Operation {
	op := succeededOp(id, owner, time.Time{})
	op.Response = json.RawMessage(`{"createTime":"` + made.Format(time.RFC3339) + `"}`)
	return op
}

func failedOp(id string, owner Owner, start time.Time) Operation {
	op := succeededOp(id, owner, start)
	op.Error = &lro.Status{Code: lro.CodeFailedPrecondition}
	return op
}

// refusedOp is an operation that did not make its target, because that was there.
func refusedOp(id string, owner Owner, start time.Time) Operation {
	op := failedOp(id, owner, start)
	op.Error = &lro.Status{Code: lro.CodeAlreadyExists}
	return op
}

func seenOps(target *Resource, operations ...Operation) Seen {
	return Seen{Target: target, Operations: operations}
}

// judged is a row's expectation: the verdict, and the name of the operation to adopt.
type judged struct {
	Verdict verdict
	Adopts  string
}

func adopts(id string) judged { return judged{verdictAdopt, "operations/" + id} }

type judgeRow struct {
	reason string
	claim  claim
	seen   Seen
	want   judged
}

func testJudge(t *testing.T, rows []judgeRow) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			row.claim.input.Since = since
			v, op := row.claim.judge(row.seen)
			if diff := cmp.Diff(row.want, judged{v, op.Name}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJudgeCreation(t *testing.T) {
	t.Parallel()
	first, retried := claim{}, claim{input: StartInput{Retried: true}}
	adoptOnly := claim{input: StartInput{AdoptOnly: true}}
	called := claim{known: &Known{Operations: []string{"before"}}}
	calledOnExisting := claim{known: &Known{Exists: true}}
	calledAdoptOnly := claim{known: &Known{}, input: StartInput{AdoptOnly: true}}
	ours, others, unmarked := &Resource{Owner: Ours}, &Resource{Owner: Others}, &Resource{CreateTime: later}
	absent, strangers := judged{Verdict: verdictAbsent}, judged{Verdict: verdictOthers}
	testJudge(t, []judgeRow{
		{"nothing there", first, Seen{}, absent},
		{"a running operation with the key", first, seenOps(nil, runningOp("o", Ours, later)), adopts("o")},
		{"a running operation of another request", first, seenOps(nil, runningOp("o", Others, later)), absent},
		{"a running operation that nothing marks", first, seenOps(nil, runningOp("o", Unmarked, later)), strangers},
		{"the same, only looked for", adoptOnly, seenOps(nil, runningOp("o", Unmarked, later)), absent},
		{"the same, after a retry of the workflow", retried, seenOps(nil, runningOp("o", Unmarked, later)), adopts("o")},
		{"the same, older than the workflow", retried, seenOps(nil, runningOp("o", Unmarked, earlier)), strangers},
		{"a stranger's beside the own", first, seenOps(nil, runningOp("s", Unmarked, later), runningOp("o", Ours, later)), adopts("o")},
		{"an ended operation of an earlier life", first, seenOps(nil, succeededOp("o", Ours, later)), absent},

		{"a target with the key and its operation", first, seenOps(ours, failedOp("f", Ours, later), succeededOp("o", Ours, later)), adopts("o")},
		{"a target with the key, its operation gone", first, seenOps(ours), judged{Verdict: verdictMade}},
		{"a target with the key that is being made, its operation not listed", first, seenOps(&Resource{Owner: Ours, Creating: true}), judged{Verdict: verdictUnlisted}},
		{"a target with another key", first, seenOps(others), strangers},
		{"the same, only looked for", adoptOnly, seenOps(others), absent},
		{"a target that nothing marks", first, seenOps(unmarked), strangers},
		{"the same, after a retry of the workflow", retried, seenOps(unmarked, succeededOp("o", Unmarked, later)), adopts("o")},
		{"the same, older than the workflow", retried, seenOps(&Resource{CreateTime: earlier}), strangers},
		{"the same, without a time", retried, seenOps(&Resource{}), strangers},
		{"a target that other requests made", retried, seenOps(unmarked, succeededOp("s", Others, later)), strangers},

		{"new since the call", called, seenOps(nil, runningOp("new", Unmarked, later), runningOp("before", Unmarked, earlier)), adopts("new")},
		{"new since the call, and failed", called, seenOps(nil, failedOp("new", Unmarked, later)), adopts("new")},
		{"the same, only looked for", calledAdoptOnly, seenOps(nil, failedOp("new", Unmarked, later)), absent},
		{"there before the call", called, seenOps(nil, succeededOp("before", Unmarked, earlier)), absent},
		{"new since the call, of another request", called, seenOps(nil, runningOp("new", Others, later)), absent},
		{"a target that came after the call", called, seenOps(unmarked), judged{Verdict: verdictMade}},
		{"a target that was there before the call", calledOnExisting, seenOps(unmarked), strangers},
	})
}

// A resource of the same name was there before. Its operation is still listed, and is never adopted.
func TestJudgeEarlierLife(t *testing.T) {
	t.Parallel()
	retried := claim{input: StartInput{Retried: true}}
	called := claim{known: &Known{Operations: []string{"before"}}}
	ours, unmarked := &Resource{Owner: Ours, CreateTime: later}, &Resource{CreateTime: later}
	creating := &Resource{Owner: Ours, CreateTime: later, Creating: true}
	undated := succeededOp("o", Ours, time.Time{})
	made, unlisted := judged{Verdict: verdictMade}, judged{Verdict: verdictUnlisted}
	testJudge(t, []judgeRow{
		{"the call's operation is not listed yet", called, seenOps(ours, succeededOp("before", Unmarked, later)), made},
		{"nor is that of a target without a mark", called, seenOps(unmarked, succeededOp("before", Unmarked, later)), made},
		{"nor if the target is being made", called, seenOps(creating, succeededOp("before", Unmarked, later)), unlisted},
		{"nor beside one of another request", called, seenOps(unmarked, succeededOp("before", Others, later)), made},
		{"a list showed the old operation late", called, seenOps(unmarked, madeOp("o", Unmarked, earlier)), made},
		{"the same, that target is another's", called, seenOps(&Resource{Owner: Others, CreateTime: later}, madeOp("o", Unmarked, earlier)), judged{Verdict: verdictOthers}},
		{"older than the target, after a retry of the workflow", retried, seenOps(ours, succeededOp("o", Unmarked, earlier)), made},
		{"the same, with the key", retried, seenOps(ours, succeededOp("o", Ours, since)), made},
		{"younger than the target", retried, seenOps(&Resource{Owner: Ours, CreateTime: since}, succeededOp("o", Ours, later)), made},
		{"the response is another resource", retried, seenOps(ours, madeOp("o", Ours, later.Add(time.Second))), made},
		{"the response is the target", retried, seenOps(ours, madeOp("o", Unmarked, later)), adopts("o")},
		{"ended, the target is being made", retried, seenOps(creating, succeededOp("o", Ours, later)), unlisted},
		{"running, the target is being made", retried, seenOps(creating, runningOp("o", Unmarked, later)), adopts("o")},
		{"running, the target is older: another method's", retried, seenOps(&Resource{Owner: Ours, CreateTime: since}, runningOp("o", Unmarked, later)), made},
		{"the same, new since the call", called, seenOps(&Resource{CreateTime: since}, runningOp("o", Unmarked, later)), made},
		{"the same, with the key", retried, seenOps(&Resource{Owner: Ours, CreateTime: since}, runningOp("o", Ours, later)), adopts("o")},
		{"the same, beside the target's own", retried, seenOps(&Resource{Owner: Ours, CreateTime: since}, runningOp("d", Unmarked, later), succeededOp("o", Unmarked, since)), adopts("o")},
		{"nothing tells when a target was made", retried, seenOps(&Resource{Owner: Ours}, succeededOp("o", Unmarked, later)), made},
		{"nothing tells when an operation began", retried, seenOps(ours, succeededOp("o", Unmarked, time.Time{})), made},

		{"an operation with the key made a target without mark and time", retried, seenOps(&Resource{}, succeededOp("o", Ours, later)), adopts("o")},
		{"the same, undated", retried, seenOps(&Resource{}, undated), adopts("o")},
		{"with the key, but of an older target", retried, seenOps(&Resource{CreateTime: earlier}, succeededOp("o", Ours, later)), judged{Verdict: verdictOthers}},
		{"an operation of another request failed", retried, seenOps(unmarked, failedOp("s", Others, later)), made},
		{"its own operation failed, and the service keeps the target", retried, seenOps(ours, failedOp("o", Ours, later)), adopts("o")},
		{"the same, that nothing marks", claim{}, seenOps(ours, failedOp("o", Unmarked, later)), adopts("o")},
		{"the same, to be undone", claim{input: StartInput{AdoptOnly: true}}, seenOps(ours, failedOp("o", Ours, later)), made},
		{"one of an earlier life failed", retried, seenOps(ours, failedOp("o", Ours, since)), made},
		{"one of the same minute was refused the name", retried, seenOps(ours, refusedOp("o", Ours, later)), made},
		{"one failed, and a further one made the target", retried, seenOps(ours, failedOp("f", Ours, later), succeededOp("o", Ours, later)), adopts("o")},
		{"its state says that another's failed", retried, seenOps(&Resource{Owner: Others, Failed: true}), judged{Verdict: verdictOthers}},
		{"an own operation failed, another's made the target", retried, seenOps(unmarked, failedOp("o", Ours, later), succeededOp("s", Others, later)), judged{Verdict: verdictOthers}},
	})
}

func TestJudgeChange(t *testing.T) {
	t.Parallel()
	first, retried := claim{changes: true}, claim{changes: true, input: StartInput{Retried: true}}
	called := claim{changes: true, known: &Known{}}
	byID := claim{changes: true, known: &Known{OperationID: "key_2"}}
	target, undated := &Resource{CreateTime: earlier}, &Resource{Undated: true}
	absent := judged{Verdict: verdictAbsent}
	testJudge(t, []judgeRow{
		{"an earlier change is not adopted by a first run", first, seenOps(target, succeededOp("o", Unmarked, later)), absent},
		{"nor is one with the key", first, seenOps(target, succeededOp("o", Ours, later)), absent},
		{"the last one, after a retry of the workflow", retried, seenOps(target, succeededOp("o", Unmarked, later)), adopts("o")},
		{"not the last one", retried, seenOps(target, runningOp("s", Others, later), succeededOp("o", Unmarked, later)), absent},
		{"with the key, not the last one", retried, seenOps(target, runningOp("s", Others, later), succeededOp("o", Ours, later)), adopts("o")},
		{"older than the workflow", retried, seenOps(target, succeededOp("o", Unmarked, earlier)), absent},
		{"with the key, by an older clock", retried, seenOps(target, succeededOp("o", Ours, earlier)), adopts("o")},
		{"failed", retried, seenOps(target, failedOp("o", Ours, later)), absent},
		{"the target is gone", retried, seenOps(nil, succeededOp("o", Ours, later)), absent},
		{"the target was made again since", retried, seenOps(&Resource{CreateTime: later}, succeededOp("o", Ours, since)), absent},
		{"running, the target without a time", retried, seenOps(&Resource{}, runningOp("o", Ours, later)), adopts("o")},
		{"ended, the target without a time", retried, seenOps(&Resource{}, succeededOp("o", Ours, later)), absent},
		{"ended, the service tells no times", retried, seenOps(undated, succeededOp("o", Ours, later)), adopts("o")},
		{"new since the call", called, seenOps(target, runningOp("o", Unmarked, later)), adopts("o")},
		{"new since the call, by its id", byID, seenOps(target, runningOp("key_2", Ours, later), failedOp("key", Ours, later)), adopts("key_2")},
		{"another id than the call's", byID, seenOps(target, failedOp("key", Ours, later)), absent},
	})
}

// The response of what has no operation any more is the target.
func TestJudgeMade(t *testing.T) {
	t.Parallel()
	v, op := claim{}.judge(seenOps(&Resource{Owner: Ours, JSON: json.RawMessage(`{"name":"n"}`)}))
	if v != verdictMade || !op.Done || string(op.Response) != `{"name":"n"}` {
		t.Errorf("got %s, %+v", v, op)
	}
}

// What has failed, and has no operation any more, is no success, and is there for an undo.
func TestJudgeFailed(t *testing.T) {
	t.Parallel()
	broken := seenOps(&Resource{Owner: Ours, Failed: true, JSON: json.RawMessage(`{"status":"ERROR"}`)})
	for _, undone := range []bool{false, true} {
		v, op := claim{input: StartInput{Retried: true, AdoptOnly: undone}}.judge(broken)
		if v != verdictMade || !op.Done || (op.Error == nil) != undone {
			t.Errorf("to be undone %t: got %s, %+v", undone, v, op)
		}
	}
}

func TestNewestFirst(t *testing.T) {
	t.Parallel()
	operations := []Operation{
		succeededOp("untimed", Unmarked, time.Time{}),
		runningOp("untimed, running", Unmarked, time.Time{}),
		succeededOp("untimed, listed last", Unmarked, time.Time{}),
		succeededOp("old", Unmarked, earlier),
		runningOp("new", Unmarked, later),
	}
	NewestFirst(operations)
	var got []string
	for _, op := range operations {
		got = append(got, op.Name)
	}
	want := []string{"operations/new", "operations/old", "operations/untimed, running", "operations/untimed", "operations/untimed, listed last"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// While the service knows the request id of the calls before, a further call tells more than a look.
func TestJudgeRepeats(t *testing.T) {
	t.Parallel()
	first, retried := claim{}, claim{input: StartInput{Retried: true}}
	called := claim{known: &Known{At: since}}
	adoptOnly := claim{known: &Known{At: since}, input: StartInput{AdoptOnly: true}}
	repeats := func(target *Resource, operations ...Operation) Seen {
		return Seen{Target: target, Operations: operations, Repeats: true}
	}
	absent := judged{Verdict: verdictAbsent}
	unmarked := &Resource{CreateTime: later}
	testJudge(t, []judgeRow{
		{"a stranger may have made it since the call: the service says whose it is", called, repeats(unmarked, succeededOp("o", Unmarked, later)), absent},
		{"after a retry, too", retried, repeats(unmarked, runningOp("o", Unmarked, later)), absent},
		{"a change, too", claim{changes: true, known: &Known{At: since}}, repeats(&Resource{}, runningOp("o", Unmarked, later)), absent},
		{"the label says as much as the service", called, repeats(&Resource{Owner: Ours}, succeededOp("o", Unmarked, later)), adopts("o")},
		{"before the first call what is there is somebody else's", first, repeats(unmarked), judged{Verdict: verdictOthers}},
		{"a look alone may not call", adoptOnly, repeats(unmarked, succeededOp("o", Unmarked, later)), adopts("o")},
	})
}

// A target on its way out is waited for. What a delete has left keeps the name.
func TestJudgeDeleted(t *testing.T) {
	t.Parallel()
	retried, adoptOnly := claim{input: StartInput{Retried: true}}, claim{input: StartInput{AdoptOnly: true, Retried: true}}
	testJudge(t, []judgeRow{
		{"being deleted, of an earlier run", retried, seenOps(&Resource{Owner: Ours, Deleting: true}), judged{Verdict: verdictDeleting}},
		{"deleted, and kept by the service", retried, seenOps(&Resource{Owner: Ours, Deleted: true}), judged{Verdict: verdictDeleted}},
		{"nothing to undo", adoptOnly, seenOps(&Resource{Owner: Ours, Deleting: true}), judged{Verdict: verdictAbsent}},
		{"nor in what is left", adoptOnly, seenOps(&Resource{Owner: Ours, Deleted: true}), judged{Verdict: verdictAbsent}},
	})
}

// A resource that never says when it was made is dated by the operation that made it.
func TestJudgeUndated(t *testing.T) {
	t.Parallel()
	first, retried := claim{}, claim{input: StartInput{Retried: true}}
	undated := &Resource{Undated: true}
	others := judged{Verdict: verdictOthers}
	testJudge(t, []judgeRow{
		{"made by an earlier run", retried, seenOps(undated, succeededOp("o", Unmarked, later)), adopts("o")},
		{"made before the workflow began", retried, seenOps(undated, succeededOp("o", Unmarked, earlier)), others},
		{"the newest of its operations made it", retried, seenOps(undated, succeededOp("new", Unmarked, later), succeededOp("old", Unmarked, earlier)), adopts("new")},
		{"nothing dates it", retried, seenOps(undated, succeededOp("o", Unmarked, time.Time{})), others},
		{"no operation is listed", retried, seenOps(undated), others},
		{"it was there before the first run", first, seenOps(undated, succeededOp("o", Unmarked, later)), others},
	})
}
