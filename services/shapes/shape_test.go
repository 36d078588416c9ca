package shapes_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/shapes"
)

// reply is a reply of a service, and what it means.
type reply struct {
	Case, Service      string
	Body               json.RawMessage
	State              lro.State
	Percent            *int
	Code, Reason       string
	StartTime, EndTime time.Time
}

// replies are those of services with a form of their own.
func replies(t *testing.T) []reply {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "lro", "testdata", "operations.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var found []reply
	for decoder := json.NewDecoder(file); ; {
		var r reply
		switch err := decoder.Decode(&r); {
		case errors.Is(err, io.EOF):
			return found
		case err != nil:
			t.Fatal(err)
		case !bytes.Contains(r.Body, []byte(`"metadata"`)):
			found = append(found, r)
		}
	}
}

// Each reply means what it says, alone and on a page, and loses nothing but its error.
func TestReplies(t *testing.T) {
	t.Parallel()
	all := replies(t)
	if len(all) < 6 {
		t.Fatalf("%d replies", len(all))
	}
	for _, tt := range all {
		t.Run(tt.Case, func(t *testing.T) {
			t.Parallel()
			service, _, _ := strings.Cut(tt.Service, ".")
			shape, err := shapes.Named(service)
			if err != nil {
				t.Fatal(err)
			}
			op, err := shape.Operation("projects/p/operations/o", tt.Body)
			if err != nil {
				t.Fatal(err)
			}
			tt.check(t, op)
			page, err := shape.Page("projects/p/operations", []byte(`{"items":[`+string(tt.Body)+`],"operations":[`+string(tt.Body)+`,{}],"nextPageToken":"t"}`))
			if err != nil || len(page.Operations) != 1 || page.NextPageToken != "t" {
				t.Fatalf("%+v, %v", page, err)
			}
			if name := page.Operations[0].Name; !strings.HasPrefix(name, "projects/p/operations/") || len(name) < len("projects/p/operations/x") {
				t.Errorf("on a page its name is %q", name)
			}
			tt.check(t, page.Operations[0])
		})
	}
}

func (r reply) check(t *testing.T, op lro.Operation) {
	t.Helper()
	if op.State() != r.State {
		t.Errorf("state %s, want %s", op.State(), r.State)
	}
	progress := lro.ProgressOf(op.Metadata)
	if r.Percent != nil && (!progress.Known || progress.Percent != *r.Percent) {
		t.Errorf("%+v, want %d%%", progress, *r.Percent)
	}
	if !r.EndTime.IsZero() && !progress.EndTime.Equal(r.EndTime) {
		t.Errorf("ended at %v, want %v", progress.EndTime, r.EndTime)
	}
	if r.Code == "" {
		return
	}
	if reason, _ := op.Error.Reason(); op.Error.Code.String() != r.Code || reason != r.Reason || op.Error.Message == "" {
		t.Errorf("%s for the reason %q, want %s for %q", op.Error, reason, r.Code, r.Reason)
	}
}
