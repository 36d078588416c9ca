package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/watch"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
)

// A workflow is printed when its news change. One that is not watched any more is forgotten, so that a watch of years
// holds no more than what runs.
func TestJSONChanges(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := &listing{command: &command{IO: IO{Out: &out, Err: &out}, output: "json"}}
	changes := l.jsonChanges()
	at := func(id string, percent int) *control.Status {
		return &control.Status{WorkflowID: id, RunID: "r", State: "Running", Waits: []control.Wait{{
			Ref:      lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i/operations/" + id},
			Progress: lro.Progress{Known: true, Percent: percent},
		}}}
	}
	tests := []struct {
		reason string
		listed []*control.Status
		want   int // lines
	}{
		{"both are new", []*control.Status{at("a", 10), at("b", 10)}, 2},
		{"nothing has changed", []*control.Status{at("a", 10), at("b", 10)}, 0},
		{"one has moved", []*control.Status{at("a", 50), at("b", 10)}, 1},
		{"one is gone", []*control.Status{at("a", 50)}, 0},
		{"it was forgotten", []*control.Status{at("a", 50), at("b", 10)}, 1},
	}
	for _, tt := range tests {
		out.Reset()
		changes(watch.Snapshot{Statuses: tt.listed})
		if lines := strings.Count(out.String(), "\n"); lines != tt.want {
			t.Errorf("%s: %d lines, want %d:\n%s", tt.reason, lines, tt.want, out.String())
		}
	}
}
