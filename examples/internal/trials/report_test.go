package trials_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/examples/internal/trials"
	"github.com/awaitop/awaitop/lro"
)

func TestNewReport(t *testing.T) {
	t.Parallel()
	failed := activities.NewError(lro.Failure{Type: lro.TypeOperationFailed, Outcome: lro.Outcome{
		Operation: lro.Operation{Done: true, Error: &lro.Status{Code: lro.CodeInternal, Message: "no luck"}},
	}})
	left := activities.NewError(lro.Failure{Type: lro.TypeCompensationFailed, Resources: []string{"projects/p/instances/i"}, Cause: &lro.Cause{Message: "no luck"}})
	for name, row := range map[string]struct {
		reason string
		err    error
		exists []string
		want   trials.Report
	}{
		"succeeded": {"all is there", nil, []string{"a"}, trials.Report{Result: trials.Succeeded, Exists: []string{"a"}}},
		"canceled":  {"a cancel is no failure", temporal.NewCanceledError(), nil, trials.Report{Result: trials.Canceled, Exists: []string{}}},
		"failed":    {"the failure says of what type", failed, nil, trials.Report{Result: trials.Failed, Type: "OperationFailed", Code: "INTERNAL", Exists: []string{}}},
		"left": {"the names are the failure's", left, []string{"b"},
			trials.Report{Result: trials.Failed, Type: "CompensationFailed", Code: "UNKNOWN", Exists: []string{"b"}, NotUndone: []string{"projects/p/instances/i"}}},
		"other": {"an error of another kind has its text", errors.New("boom"), nil, trials.Report{Result: trials.Failed, Error: "boom", Exists: []string{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.want.Seconds = 1.5
			got := trials.NewReport(row.err, 1500*time.Millisecond, row.exists)
			if _, typed := lro.AsFailure(row.err); typed {
				if got.Error == "" {
					t.Errorf("%s: it has no message", row.reason)
				}
				got.Error = ""
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	r := trials.Report{Result: trials.Failed, Error: "no luck", Seconds: 1.25, Exists: []string{"a"}, NotUndone: []string{"a"}}
	r.WriteEnd(&text)
	r.WriteLeft(&text, "for now")
	const want = "ended:    failed after 1.2 s\n          no luck\nnot undone: a\nexists:   a\n          for now\nas it should: false\n"
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
