package starters

import "testing"

// With MarkedOnly, only a mark makes what an earlier run may have started the caller's.
func TestJudgeMarkedOnly(t *testing.T) {
	t.Parallel()
	keyed := claim{input: StartInput{Retried: true, MarkedOnly: true}}
	called := keyed
	called.known = &Known{}
	change := keyed
	change.changes = true
	there, strangers := &Resource{CreateTime: later}, judged{Verdict: verdictOthers}
	testJudge(t, []judgeRow{
		{"a running operation that nothing marks", keyed, seenOps(nil, runningOp("o", Unmarked, later)), strangers},
		{"a running operation with the key", keyed, seenOps(nil, runningOp("o", Ours, later)), adopts("o")},
		{"a target that nothing marks", keyed, seenOps(there, succeededOp("o", Unmarked, later)), strangers},
		{"a target whose operation has the key", keyed, seenOps(there, succeededOp("o", Ours, later)), adopts("o")},
		{"a target that does not say when it was made", keyed, seenOps(&Resource{Undated: true}, succeededOp("o", Unmarked, later)), strangers},
		{"new since the own call", called, seenOps(there, succeededOp("o", Unmarked, later)), adopts("o")},
		{"a change that nothing marks", change, seenOps(there, runningOp("o", Unmarked, later)), judged{Verdict: verdictAbsent}},
		{"a change with the key", change, seenOps(there, runningOp("o", Ours, later)), adopts("o")},
	})
}

// What an undo without an outcome leaves, because nothing tells whose it is.
func TestLeft(t *testing.T) {
	t.Parallel()
	look := claim{input: StartInput{Retried: true, MarkedOnly: true, AdoptOnly: true}}
	change, saga := look, claim{input: StartInput{Retried: true, AdoptOnly: true}}
	change.changes = true
	there := &Resource{CreateTime: later}
	for _, row := range []struct {
		reason string
		claim  claim
		seen   Seen
		want   RemoveResult
	}{
		{"nothing there", look, Seen{}, ""},
		{"a target that nothing marks", look, seenOps(there), RemoveUnknown},
		{"a target of another's operation", look, seenOps(there, succeededOp("o", Others, later)), ""},
		{"a target with another key", look, seenOps(&Resource{Owner: Others}), ""},
		{"what a delete has left", look, seenOps(&Resource{Deleted: true}), ""},
		{"an operation that nothing marks", look, seenOps(nil, runningOp("o", Unmarked, later)), RemoveUnknown},
		{"the same, ended", look, seenOps(nil, failedOp("o", Unmarked, later)), ""},
		{"another's operation", look, seenOps(nil, runningOp("o", Others, later)), ""},
		{"a change of a target that is there", change, seenOps(there), ""},
		{"a change that nothing marks runs", change, seenOps(there, runningOp("o", Unmarked, later)), RemoveUnknown},
		{"a saga looks by age", saga, seenOps(there), ""},
	} {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := row.claim.left(row.seen); got != row.want {
				t.Errorf("left %q, want %q", got, row.want)
			}
		})
	}
}
