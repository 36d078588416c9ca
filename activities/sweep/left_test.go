package sweep

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/lro"
)

// operation is an operation below projects/p.
func operation(id string) lro.Ref {
	return lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/" + id}
}

// ended is a wait that has closed some minutes after noon.
func ended(id string, status enumspb.WorkflowExecutionStatus, minutes int, input string, args ...any) run {
	return run{id: id, run: id, status: status, closed: minutes, kind: awaiters.AwaitOperation, input: fmt.Sprintf(input, args...)}
}

// findLeft runs FindLeft against a fake server.
func findLeft(t *testing.T, f *fake) (out orphans.LeftOutput) {
	t.Helper()
	execute(t, f, orphans.FindLeftName, orphans.LeftInput{
		Parents: []orphans.Place{{Kind: orphans.Parent, Service: lro.SpannerService, Name: "projects/p"}}, Since: noon,
	}, &out)
	return out
}

// A wait that was ended without its cancel has left its operation, if its policy was to cancel.
func TestFindLeft(t *testing.T) {
	t.Parallel()
	const plain = `{"ref":"%s"}`
	o := operation("o")
	elsewhere := lro.Ref{Service: lro.SpannerService, Name: "projects/pq/instances/i/operations/o"}
	stranger := lro.Ref{Service: "alloydb.googleapis.com", Name: "projects/p/locations/l/operations/o"}
	own := func(status enumspb.WorkflowExecutionStatus, minutes int) run {
		return ended(awaiters.ID(o), status, minutes, plain, o)
	}
	rows := map[string]struct {
		runs   []run
		want   []string // the ids of the waits
		closed int
		reads  int
	}{
		"none":                                          {nil, nil, 0, 0},
		"was terminated":                                {[]run{ended("a", terminated, 5, plain, o)}, []string{"a"}, 1, 1},
		"was terminated, and is to cancel":              {[]run{ended("a", terminated, 5, `{"ref":"%s","cancelPolicy":"cancel"}`, o)}, []string{"a"}, 1, 1},
		"an observer was terminated":                    {[]run{ended("a", terminated, 5, `{"ref":"%s","cancelPolicy":"abandon"}`, o)}, nil, 1, 1},
		"has timed out":                                 {[]run{ended("a", timedOut, 5, plain, o)}, nil, 1, 1},
		"has timed out, and is to cancel":               {[]run{ended("a", timedOut, 5, `{"ref":"%s","cancelPolicy":"abandon","deadlinePolicy":"cancel"}`, o)}, []string{"a"}, 1, 1},
		"was canceled":                                  {[]run{ended("a", canceled, 5, plain, o)}, nil, 0, 0},
		"runs":                                          {[]run{ended("a", running, 0, plain, o)}, nil, 0, 0},
		"another workflow":                              {[]run{{id: "a", run: "a", status: terminated, kind: "Orders", input: `{}`}}, nil, 0, 0},
		"an input that cannot be read":                  {[]run{ended("a", terminated, 5, `{"ref":7}`)}, nil, 1, 1},
		"a name like the parent's":                      {[]run{ended("a", terminated, 5, plain, elsewhere)}, nil, 1, 1},
		"another service":                               {[]run{ended("a", terminated, 5, plain, stranger)}, nil, 1, 1},
		"elsewhere, as its id tells":                    {[]run{ended(awaiters.ID(elsewhere), terminated, 5, plain, elsewhere)}, nil, 1, 0},
		"two waits of one operation":                    {[]run{ended("b", terminated, 5, plain, o), ended("a", terminated, 7, plain, o)}, []string{"a"}, 2, 2},
		"an observer was terminated later":              {[]run{ended("a", terminated, 5, plain, o), ended("b", terminated, 7, `{"ref":"%s","cancelPolicy":"abandon"}`, o)}, []string{"a"}, 2, 2},
		"of a set":                                      {[]run{{id: "a", run: "a", status: terminated, kind: awaiters.AwaitOperations, input: `{"refs":["` + o.String() + `","` + elsewhere.String() + `"]}`}}, []string{"a"}, 1, 1},
		"was abandoned since, under an id of its own":   {[]run{ended("a", terminated, 5, plain, o), ended("b", canceled, 7, plain, o)}, nil, 1, 2},
		"was given up since, under an id of its own":    {[]run{ended("a", terminated, 5, plain, o), ended("b", failed, 7, plain, o)}, nil, 1, 2},
		"was abandoned before, under an id of its own":  {[]run{ended("b", canceled, 3, plain, o), ended("a", terminated, 5, plain, o)}, []string{"a"}, 1, 2},
		"another operation was abandoned since":         {[]run{ended("a", terminated, 5, plain, o), ended("b", canceled, 7, plain, elsewhere)}, []string{"a"}, 1, 2},
		"another operation was, as its wait's id tells": {[]run{ended("a", terminated, 5, plain, o), ended(awaiters.ID(elsewhere), canceled, 7, plain, elsewhere)}, []string{"a"}, 1, 1},
		"was abandoned since as one of a set":           {[]run{ended("a", terminated, 5, plain, o), {id: "b", run: "b", status: canceled, closed: 7, kind: awaiters.AwaitOperations, input: `{"refs":["` + elsewhere.String() + `","` + o.String() + `"]}`}}, nil, 1, 2},
		"was abandoned, and then terminated once more":  {[]run{ended("a", terminated, 5, plain, o), ended("b", canceled, 6, plain, o), ended("c", terminated, 7, plain, o)}, []string{"c"}, 2, 3},
		"was abandoned since":                           {[]run{ended("a", terminated, 5, plain, o), own(canceled, 7)}, nil, 1, 1},
		"was given up since":                            {[]run{ended("a", terminated, 5, plain, o), own(failed, 7)}, nil, 1, 1},
		"was abandoned before":                          {[]run{own(canceled, 3), ended("a", terminated, 5, plain, o)}, []string{"a"}, 1, 2},
		"both were terminated":                          {[]run{ended("a", terminated, 5, plain, o), own(terminated, 7)}, []string{awaiters.ID(o)}, 2, 2},
		"is awaited again":                              {[]run{ended("a", terminated, 5, plain, o), own(running, 0)}, []string{"a"}, 1, 1},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			f := &fake{runs: row.runs}
			out := findLeft(t, f)
			var ids []string
			for _, wait := range out.Waits {
				ids = append(ids, wait.WorkflowID)
				if wait.Ref != o || wait.RunID == "" || wait.Status == "" || wait.CloseTime.IsZero() {
					t.Errorf("%+v", wait)
				}
			}
			if diff := cmp.Diff(row.want, ids); diff != "" || out.Closed != row.closed || len(f.reads) != row.reads || out.Cut {
				t.Errorf("%d closed, %d reads, cut %t; want %d, %d (-want +got):\n%s", out.Closed, len(f.reads), out.Cut, row.closed, row.reads, diff)
			}
		})
	}
	f := &fake{runs: []run{ended("a", terminated, 5, plain, o)}}
	findLeft(t, f)
	const types = "WorkflowType IN ('awaitop.AwaitOperation', 'awaitop.AwaitOperations') AND "
	filters := []string{
		types + "ExecutionStatus IN ('Terminated', 'TimedOut') AND CloseTime >= '2026-01-02T12:00:00Z'",
		types + "ExecutionStatus IN ('Failed', 'Canceled') AND CloseTime >= '2026-01-02T12:05:00Z'",
	}
	if diff := cmp.Diff(filters, f.queries); diff != "" {
		t.Error(diff)
	}
}

// What does not fit is told: more inputs than are read, or more operations than the result has room for.
func TestFindLeftIsBounded(t *testing.T) {
	t.Parallel()
	waits := func(n int, ref func(int) lro.Ref) *fake {
		f := &fake{page: listPage}
		for i := range n {
			f.runs = append(f.runs, ended(fmt.Sprintf("w%d", i), terminated, i, `{"ref":"%s"}`, ref(i)))
		}
		return f
	}
	one := func(int) lro.Ref { return operation("o") }
	each := func(i int) lro.Ref { return operation(fmt.Sprintf("o%d", i)) }
	rows := map[string]struct {
		fake  *fake
		waits int
		cut   bool
	}{
		"as many inputs as are read":      {waits(maxClosedRead, one), 1, false},
		"one input more":                  {waits(maxClosedRead+1, one), 1, true},
		"as many operations as have room": {waits(maxLeft, each), maxLeft, false},
		"an input that nobody tells":      {&fake{runs: []run{ended("a", terminated, 5, `{"ref":"%s"}`, operation("o")), ended("b", terminated, 7, "ZW5jb2RlZA==")}}, 1, true},
		"one operation more":              {waits(maxLeft+1, each), maxLeft, true},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			out := findLeft(t, row.fake)
			if len(out.Waits) != row.waits || out.Cut != row.cut {
				t.Errorf("%d waits, cut %t; want %d, %t", len(out.Waits), out.Cut, row.waits, row.cut)
			}
			if size := lro.EncodedSize(out); size > maxLeftSize+(1<<10) {
				t.Errorf("%d bytes", size)
			}
			if last := out.Waits[0].CloseTime; len(row.fake.runs) > 2 && last.Before(noon.Add(time.Duration(len(row.fake.runs)-1)*time.Minute)) {
				t.Errorf("the last to close comes first, not that of %v", last)
			}
		})
	}
}

// What may have been abandoned since is not told as left: not all later waits could be looked through.
func TestFindLeftWithoutLastWord(t *testing.T) {
	t.Parallel()
	o := operation("o")
	first := ended("a", terminated, 5, `{"ref":"%s"}`, o)
	many := &fake{page: listPage, runs: []run{first}}
	for i := range maxClosedRead + 1 {
		many.runs = append(many.runs, ended(fmt.Sprintf("w%d", i), failed, 7, `{"ref":"%s"}`, operation("x")))
	}
	rows := map[string]struct {
		fake  *fake
		waits int
		cut   bool
	}{
		"an input that nobody tells":            {&fake{runs: []run{first, ended("b", failed, 7, "ZW5jb2RlZA==")}}, 0, true},
		"the input of an earlier one":           {&fake{runs: []run{first, ended("b", failed, 3, "ZW5jb2RlZA==")}}, 1, false},
		"more inputs than are read":             {many, 0, true},
		"as many as are read":                   {&fake{page: listPage, runs: many.runs[:maxClosedRead+1]}, 1, false},
		"a wait that has completed is not read": {&fake{runs: []run{first, ended("b", completed, 7, "ZW5jb2RlZA==")}}, 1, false},
	}
	for reason, row := range rows {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			if out := findLeft(t, row.fake); len(out.Waits) != row.waits || out.Cut != row.cut {
				t.Errorf("%d waits, cut %t; want %d, %t", len(out.Waits), out.Cut, row.waits, row.cut)
			}
		})
	}
}
