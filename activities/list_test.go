package activities_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

var collection = lro.Collection{Service: lro.SpannerService, Name: "projects/p/instances/i/operations"}

// lister answers every list with one page.
type lister struct {
	lro.Client
	page lro.Page
}

func (l lister) ListOperations(context.Context, lro.ListRequest) (lro.Page, error) {
	return l.page, nil
}

func list(client lro.Client, in lro.ListRequest) (lro.Page, error) {
	return execute[lro.Page](newEnv(), activities.New(client, activities.Options{}), activities.ListOperationsName, in)
}

func TestListBound(t *testing.T) {
	t.Parallel()
	large := func(n int) json.RawMessage { return json.RawMessage(`"` + strings.Repeat("x", n) + `"`) }
	rows := map[string]struct {
		reason             string
		name               string
		metadata, response int
		want               []bool // metadata, response, truncated; nil if the page is refused
	}{
		"fits":     {"nothing is dropped", "a", 10, 10, []bool{true, true, false}},
		"metadata": {"metadata goes first", "a", 700 << 10, 100 << 10, []bool{false, true, true}},
		"response": {"then the response", "a", 100 << 10, 700 << 10, []bool{false, false, true}},
		"names":    {"nothing is left to drop", strings.Repeat("a", 700<<10), 10, 10, nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			op := lro.Operation{Name: row.name, Done: true, Metadata: large(row.metadata), Response: large(row.response)}
			shared := []lro.Operation{op, op}
			out, err := list(lister{page: lro.Page{Operations: shared}}, lro.ListRequest{Collection: collection, PageSize: 2})
			if shared[0].Metadata == nil {
				t.Error("the client's own page was changed")
			}
			if row.want == nil {
				failure := testsuite.AssertFailure(t, err, lro.TypeInvalidInput, lro.CodeInvalidArgument)
				if failure.Field != "pageSize" || failure.Value != "2" {
					t.Errorf("%s: failure for %s %q, want pageSize 2", row.reason, failure.Field, failure.Value)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, op := range out.Operations {
				if diff := cmp.Diff(row.want, []bool{op.Metadata != nil, op.Response != nil, op.Truncated}); diff != "" {
					t.Errorf("%s: metadata, response, truncated (-want +got):\n%s", row.reason, diff)
				}
			}
		})
	}
}

func TestListClass(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		fault  testsuite.Fault
		kind   string
		final  bool
	}{
		"transient": {"tried again", testsuite.Unavailable(), "PollFailed.UNAVAILABLE", false},
		"blocked":   {"final for a single request", testsuite.PermissionDenied(), "PollFailed.PERMISSION_DENIED", true},
		"not found": {"no such collection", testsuite.NotFound(), "PollFailed.NOT_FOUND", true},
		"permanent": {"a wrong filter stays wrong", testsuite.FailWith(lro.CodeInvalidArgument, "no"), "PollFailed.INVALID_ARGUMENT", true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := testsuite.ForTest(t, testsuite.Options{Faults: []testsuite.Fault{row.fault}})
			_, err := list(service, lro.ListRequest{Collection: collection})
			app := applicationError(t, err)
			if app.Type() != row.kind || app.NonRetryable() != row.final {
				t.Errorf("%s: failure %s, final %v; want %s, %v", row.reason, app.Type(), app.NonRetryable(), row.kind, row.final)
			}
		})
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		faults []testsuite.Fault
		sizes  []int
		failed bool
	}{
		"all":   {"to the last page", nil, []int{2, 2, 1}, false},
		"error": {"it stops after an error", []testsuite.Fault{testsuite.Unavailable().Calls(2, 2)}, []int{2, 0}, true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := testsuite.ForTest(t, testsuite.Options{Faults: row.faults})
			for i := range 5 {
				service.Start(fmt.Sprintf("%s%d", opName, i), testsuite.Script{})
			}
			var sizes []int
			var last error
			for page, err := range lro.Pages(t.Context(), service, lro.ListRequest{Collection: collection, PageSize: 2}) {
				sizes, last = append(sizes, len(page.Operations)), err
			}
			if diff := cmp.Diff(row.sizes, sizes); diff != "" || (last != nil) != row.failed {
				t.Errorf("%s: last error %v, page sizes (-want +got):\n%s", row.reason, last, diff)
			}
		})
	}
}

// circle hands out its page tokens again and again.
type circle struct {
	lro.Client
	tokens []string
	asked  int
}

func (c *circle) ListOperations(context.Context, lro.ListRequest) (lro.Page, error) {
	token := c.tokens[c.asked%len(c.tokens)]
	c.asked++
	return lro.Page{NextPageToken: token}, nil
}

func TestPagesRepeatedToken(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		reason string
		first  string
		tokens []string
		pages  int
	}{
		"twice in a row": {"the page after a is a", "", []string{"a"}, 2},
		"by turns":       {"a, b, a", "", []string{"a", "b"}, 3},
		"a long way":     {"any token that was there before", "", []string{"a", "b", "c", "d"}, 5},
		"the first":      {"the one it began with, too", "a", []string{"b", "a"}, 2},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := &circle{tokens: row.tokens}
			var last error
			for _, err := range lro.Pages(t.Context(), client, lro.ListRequest{Collection: collection, PageToken: row.first}) {
				last = err
				if client.asked > row.pages {
					break
				}
			}
			if client.asked != row.pages || last == nil || !strings.Contains(last.Error(), `repeats the page token "a"`) {
				t.Errorf("%s: %d pages, then %v; want %d and an error that names the token", row.reason, client.asked, last, row.pages)
			}
		})
	}
}
