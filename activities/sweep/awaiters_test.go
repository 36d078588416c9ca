package sweep

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/internal/stepkey"
	"github.com/awaitop/awaitop/lro"
)

// An operation that another workflow awaits is told of, unless its own runs. The inputs of workflows that run under ids
// of their own are read once.
func TestFindAwaiters(t *testing.T) {
	t.Parallel()
	dead, alive := stepkey.New("dead", "1", "s"), stepkey.New("alive", "1", "s")
	mark := func(key, name string) orphans.Mark {
		return orphans.Mark{Key: key, Awaiter: "await:" + name, Operation: "//s/" + name, Ref: operation(name)}
	}
	inline := map[string]string{"await:inline": "orders"}
	child := map[string]string{"await:child": "orders/child"}
	rows := map[string]struct {
		marks        []orphans.Mark
		unattributed bool
		want         map[string]string
		searches     int
		reads        int
	}{
		"an AwaitOperation awaits it":            {[]orphans.Mark{mark(dead, "a")}, false, map[string]string{"await:a": "await:a"}, 0, 0},
		"its AwaitOperation has ended":           {[]orphans.Mark{mark(dead, "b")}, false, nil, 1, 2},
		"there was none":                         {[]orphans.Mark{mark(dead, "c")}, false, nil, 1, 2},
		"a workflow awaits it inline":            {[]orphans.Mark{mark(dead, "inline")}, false, inline, 1, 0},
		"one has awaited it inline":              {[]orphans.Mark{mark(dead, "ended")}, false, nil, 1, 2},
		"the namespace lacks the attribute":      {[]orphans.Mark{mark(dead, "inline"), mark(dead, "c")}, true, nil, 1, 2},
		"a resource is awaited by none":          {[]orphans.Mark{{Key: dead}}, false, nil, 0, 0},
		"its own workflow runs":                  {[]orphans.Mark{mark(alive, "inline")}, false, nil, 0, 0},
		"a worker of an earlier release has run": {[]orphans.Mark{{Key: dead, Awaiter: "await:inline"}}, false, nil, 0, 0},
		"a child awaits it":                      {[]orphans.Mark{mark(dead, "child"), mark(dead, "c")}, false, child, 2, 2},
		"a child awaits one without a key":       {[]orphans.Mark{mark("", "child")}, false, child, 1, 2},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			f := &fake{unattributed: row.unattributed, runs: []run{
				{id: "dead", run: "1", status: terminated}, {id: "alive", run: "1", status: running},
				{id: "await:a", run: "1", status: running}, {id: "await:b", run: "1", status: failed},
				{id: "orders", run: "1", status: running, awaits: "//s/inline"}, {id: "past", run: "1", status: completed, awaits: "//s/ended"},
				{id: "orders/child", run: "1", status: running, kind: awaiters.AwaitOperation, input: `{"ref":"` + operation("child").String() + `"}`},
				{id: "orders/odd", run: "1", status: running, kind: awaiters.AwaitOperation, input: `[]`},
				{id: "orders/over", run: "1", status: terminated, kind: awaiters.AwaitOperation, input: `{"ref":"` + operation("b").String() + `"}`},
			}}
			out := findOwners(t, f, row.marks...)
			if diff := cmp.Diff(row.want, out.Awaiters); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			searches := slices.DeleteFunc(slices.Clone(f.queries), func(query string) bool { return !strings.HasPrefix(query, awaiting) })
			if len(searches) != row.searches || len(f.reads) != row.reads || out.AwaitersCut {
				t.Errorf("%d searches and %d reads, want %d and %d: %q, cut %t", len(searches), len(f.reads), row.searches, row.reads, searches, out.AwaitersCut)
			}
			if slices.ContainsFunc(out.Owners, func(o orphans.Owner) bool { return o.Key == "" }) {
				t.Errorf("an owner of nothing: %+v", out.Owners)
			}
		})
	}
}

// A running RunOperation or UndoOperation is asked what it awaits. One that does not tell, or has yet to start or adopt an
// operation on a target that fits, leaves that unknown.
func TestFindAwaitingRuns(t *testing.T) {
	t.Parallel()
	o := operation("o")
	one := func(kind, answer string) run {
		return run{id: "r", run: "1", status: running, kind: kind, answer: answer}
	}
	awaits := func(phase string, ref lro.Ref) string {
		return `{"phase":"` + phase + `","ref":"` + ref.String() + `"}`
	}
	starts := func(target string) string { return `{"phase":"starting","target":"` + target + `"}` }
	var silent []run
	for i := range 100 {
		silent = append(silent, run{id: fmt.Sprint("s", i), run: "1", status: running, kind: awaiters.RunOperation, queue: "dead"})
	}
	rows := map[string]struct {
		runs    []run
		found   bool
		unknown bool
		asked   int
	}{
		"it awaits it":                         {[]run{one(awaiters.RunOperation, awaits("awaiting", o))}, true, false, 1},
		"it stops it":                          {[]run{one(awaiters.RunOperation, awaits("undoing", o))}, true, false, 1},
		"an undo stops it":                     {[]run{one(awaiters.UndoOperation, awaits("undoing", o))}, true, false, 1},
		"it has seen its end":                  {[]run{one(awaiters.RunOperation, awaits("holding", o))}, false, false, 1},
		"it awaits another":                    {[]run{one(awaiters.RunOperation, awaits("awaiting", operation("x")))}, false, false, 1},
		"an undo still looks":                  {[]run{one(awaiters.UndoOperation, `{"phase":"undoing","target":"projects/p/instances/i"}`)}, false, false, 1},
		"it tells what cannot be read":         {[]run{one(awaiters.RunOperation, `7`)}, false, true, 1},
		"it does not tell":                     {[]run{one(awaiters.RunOperation, "")}, false, true, 1},
		"an undo does not tell":                {[]run{one(awaiters.UndoOperation, "")}, false, true, 1},
		"it does not tell, and another awaits": {[]run{one(awaiters.RunOperation, awaits("awaiting", o)), {id: "s", run: "1", status: running, kind: awaiters.RunOperation}}, true, true, 2},
		"it starts one on the target":          {[]run{one(awaiters.RunOperation, starts("projects/p/instances/i"))}, false, true, 1},
		"it starts one in the target":          {[]run{one(awaiters.RunOperation, starts("projects/p/instances/i/databases/d"))}, false, true, 1},
		"its project is a number":              {[]run{one(awaiters.RunOperation, starts("projects/123/instances/i"))}, false, true, 1},
		"it starts one in another project":     {[]run{one(awaiters.RunOperation, starts("projects/q/instances/i"))}, false, false, 1},
		"it starts one elsewhere":              {[]run{one(awaiters.RunOperation, starts("projects/p/instances/j"))}, false, false, 1},
		"it has closed":                        {[]run{{id: "r", run: "1", status: completed, kind: awaiters.RunOperation}}, false, false, 0},
		"a queue without a worker":             {append([]run{one(awaiters.RunOperation, awaits("awaiting", o))}, silent...), true, true, 0},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			f := &fake{page: listPage, runs: row.runs}
			out := findOwners(t, f, orphans.Mark{Awaiter: awaiters.ID(o), Ref: o})
			var want map[string]string
			if row.found {
				want = map[string]string{awaiters.ID(o): "r"}
			}
			if diff := cmp.Diff(want, out.Awaiters); diff != "" || out.RunsUnknown != row.unknown {
				t.Errorf("unknown %t, want %t (-want +got):\n%s", out.RunsUnknown, row.unknown, diff)
			}
			if n := len(f.asked); row.asked > 0 && n != row.asked || n > 20 || len(f.reads) > 0 {
				t.Errorf("%d asked, %d read", n, len(f.reads))
			}
		})
	}
	inline := &fake{runs: []run{one(awaiters.RunOperation, "")}}
	inline.runs[0].awaits = operation("x").String()
	if out := findOwners(t, inline, orphans.Mark{Awaiter: awaiters.ID(o), Ref: o}); out.RunsUnknown || len(out.Awaiters) > 0 || len(inline.asked) > 0 {
		t.Errorf("its attribute tells what it awaits: %+v, %d asked", out, len(inline.asked))
	}
}
