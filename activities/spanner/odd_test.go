package spanner_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/testsuite"
)

// listsAre answers each list of a kind by body, which is told its number, and
// passes all else on.
type listsAre struct {
	suffixes []string
	body     func(n int64) string
	lists    atomic.Int64
}

func (l *listsAre) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, suffix := range l.suffixes {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, suffix) {
			body := l.body(l.lists.Add(1) - 1)
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

var operationLists = []string{"/operations", "Operations"}

// An operation of an odd shape, somebody's or of the very target, keeps nobody
// from starting, and is not adopted.
func TestOddOperationListed(t *testing.T) {
	t.Parallel()
	rows := map[string]struct{ reason, resource string }{
		"other": {"somebody else's", instance + "/databases/other"},
		"own":   {"of the target's name", database},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			odd := fmt.Sprintf(`{"operations":[{"name":"%s/operations/odd","metadata":{"@type":"type.googleapis.com/google.spanner.admin.database.v1.CreateDatabaseMetadata","database":"%s"},`+
				`"done":true,"error":{"code":0}}]}`, row.resource, row.resource)
			b := newBenchOver(t, &listsAre{suffixes: operationLists, body: func(int64) string { return odd }}, poller.SystemClock())
			s := allStarters()[3] // CreateDatabase
			b.stage(s)
			in := s.input()
			in.Retried = true // an earlier run may have started it
			a := b.attempts()
			var out starters.StartOutput
			if err := a.run(s.activity, in, &out); err != nil {
				t.Fatalf("%s: %v", row.reason, err)
			}
			own := b.started(s)
			if len(own) != 1 || out.Ref != own[0] || out.Adopted {
				t.Errorf("%s: %s, adopted %t; the server has %v", row.reason, out.Ref, out.Adopted, own)
			}
		})
	}
}

// Lists whose pages go round in a circle are given up on, of operations and of
// resources.
func TestListsInCircles(t *testing.T) {
	t.Parallel()
	circle := func(n int64) string {
		if n == 100 {
			return `{}` // enough
		}
		return fmt.Sprintf(`{"nextPageToken":"t%d"}`, n%3)
	}
	t.Run("operations", func(t *testing.T) {
		t.Parallel()
		lists := &listsAre{suffixes: operationLists, body: circle}
		b := newBenchOver(t, lists, poller.SystemClock())
		s := allStarters()[3]
		b.stage(s)
		var out starters.StartOutput
		err := b.attempts().once(s.activity, s.input(), &out)
		if err != nil || out.Again == nil || !strings.Contains(out.Again.Error.Message, "repeats the page token") {
			t.Errorf("%+v (%v), want another attempt for the tokens", out, err)
		}
		if n := lists.lists.Load(); n != 4 { // "", t0, t1, t2
			t.Errorf("%d lists, want 4", n)
		}
	})
	t.Run("resources", func(t *testing.T) {
		t.Parallel()
		lists := &listsAre{suffixes: []string{"/databases"}, body: circle}
		b := newBenchOver(t, lists, poller.SystemClock(), testsuite.FailWith(lro.CodeInternal, "no").On("GetDatabase"))
		s := allStarters()[3]
		b.stage(s)
		var out starters.ResourceOutput
		err := b.attempts().once(names.GetDatabase, starters.ResourceInput{Name: database}, &out)
		if err == nil || !strings.Contains(err.Error(), starters.ReadFailedType+".INTERNAL") {
			t.Errorf("%v, want the read's own error", err)
		}
		if n := lists.lists.Load(); n != 4 {
			t.Errorf("%d lists, want 4", n)
		}
	})
}
