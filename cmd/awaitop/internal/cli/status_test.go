package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/internal/golden"
	"github.com/awaitop/awaitop/lro"
)

// The exit statuses are a contract, which docs/operations.md shows.
func TestExitStatuses(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("| exit status | of other commands | of `awaitop await` | of `awaitop worker` and `awaitop dev` |\n|---|---|---|---|\n")
	for _, m := range exitStatuses {
		table.WriteString(strings.ReplaceAll(fmt.Sprintf("| %d | %s | %s | %s |\n", m.status, m.any, m.await, m.worker), "|  |", "| |"))
	}
	got := strings.ReplaceAll(table.String(), "|  |", "| |")
	golden.Text(t, "exit-statuses.md", got)
	document, err := os.ReadFile("../../../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(document), got) {
		t.Errorf("docs/operations.md does not show the table of testdata/exit-statuses.md:\n%s", got)
	}
}

// endedWith is an operation that ended with a code.
func endedWith(code lro.Code) lro.Outcome {
	const name = "projects/p/instances/i/operations/o"
	return lro.Outcome{
		Ref:       lro.Ref{Service: lro.SpannerService, Name: name},
		Operation: lro.Operation{Name: name, Done: true, Error: &lro.Status{Code: code}},
	}
}

func TestStatusOfWait(t *testing.T) {
	t.Parallel()
	failed := func(code lro.Code) error {
		return activities.NewError(lro.Failure{Type: lro.TypeOperationFailed, Outcome: endedWith(code)})
	}
	tests := map[string]struct {
		reason  string
		err     error
		outcome lro.Outcome
		want    int
	}{
		"succeeded":          {"no error", nil, lro.Outcome{}, ExitOK},
		"failed":             {"the API's word", failed(lro.CodeInternal), lro.Outcome{}, ExitFailed},
		"canceled by others": {"the wait itself was not canceled", failed(lro.CodeCanceled), lro.Outcome{}, ExitCanceled},
		"canceled, fails":    {"by the wait's option", activities.NewError(lro.Failure{Type: lro.TypeOperationCanceled, Outcome: endedWith(lro.CodeCanceled)}), endedWith(lro.CodeCanceled), ExitCanceled},
		"left, fails":        {"by the wait's option", activities.NewError(lro.Failure{Type: lro.TypeOperationCanceled}), lro.Outcome{}, ExitLeft},
		"canceled":           {"the cancel is confirmed", temporal.NewCanceledError(), endedWith(lro.CodeCanceled), ExitCanceled},
		"left":               {"a cancel that is not confirmed", temporal.NewCanceledError(), lro.Outcome{}, ExitLeft},
		"timeout":            {"the deadline", activities.NewError(lro.Failure{Type: lro.TypeAwaitTimeout}), lro.Outcome{}, ExitTimedOut},
		"refused":            {"by the worker", activities.NewError(lro.Failure{Type: lro.TypeInvalidInput}), lro.Outcome{}, ExitUsage},
		"gone":               {"a failure of another type", activities.NewError(lro.Failure{Type: lro.TypeOperationGone}), lro.Outcome{}, ExitTrouble},
		"untyped":            {"the workflow was terminated, say", errors.New("terminated"), lro.Outcome{}, ExitTrouble},
	}
	for key, tt := range tests {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			if got := statusFor(tt.err, tt.outcome); got != tt.want {
				t.Errorf("%s: %d, want %d", tt.reason, got, tt.want)
			}
		})
	}
}

func TestStatusOfCommand(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		reason string
		err    error
		want   int
	}{
		"done":            {"no error", nil, ExitOK},
		"trouble":         {"any other error", errors.New("no"), ExitTrouble},
		"usage":           {"a flag", usagef("--at: no"), ExitUsage},
		"unknown command": {"cobra's error has no type", errors.New(`unknown command "lst"`), ExitUsage},
		"invalid":         {"a Ref or a policy", &lro.InvalidError{Field: "ref.name"}, ExitUsage},
		"refused":         {"by a worker", activities.NewError(lro.Failure{Type: lro.TypeInvalidInput}), ExitUsage},
		"exit":            {"the command's own", exitError{status: ExitLeft}, ExitLeft},
		"fatal":           {"the SDK stopped the worker", fmt.Errorf("run: %w", &serve.FatalError{Err: errors.New("gone")}), ExitFatal},
	}
	for key, tt := range tests {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			if got := exitStatus(tt.err); got != tt.want {
				t.Errorf("%s: %d, want %d", tt.reason, got, tt.want)
			}
		})
	}
}
