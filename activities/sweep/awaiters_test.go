package sweep

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/internal/stepkey"
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
