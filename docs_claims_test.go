package awaitop_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/internal/gosource"
	"github.com/awaitop/awaitop/internal/sets"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/worker"
	"github.com/awaitop/awaitop/workflows"
)

// TestDocumentedDefaults wants each row of a table of options to name the default that the code has.
func TestDocumentedDefaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		document, field string
		value           any
	}{
		{"docs/await.md", "CancelGrace", workflows.DefaultCancelGrace},
		{"docs/await.md", "AuthGrace", workflows.DefaultAuthGrace},
		{"docs/await.md", "NotFoundGrace", workflows.DefaultNotFoundGrace},
		{"docs/await.md", "HeartbeatTimeout", workflows.DefaultHeartbeatTimeout},
		{"docs/await.md", "DeadlinePolicy", fmt.Sprintf("`%s`", workflows.LeaveRunning)},
		{"docs/await.md", "CancelPolicy", fmt.Sprintf("`%s`", workflows.CancelOnCancel)},
		{"docs/await.md", "EndMargin", "10% of the timeout, at most " + short(workflows.DefaultEndMargin)},
		{"docs/await.md", "InitialInterval", lro.DefaultInitialInterval},
		{"docs/await.md", "Coefficient", lro.DefaultCoefficient},
		{"docs/await.md", "MaximumInterval", lro.DefaultMaximumInterval},
		{"docs/await.md", "MaximumEstimate", lro.DefaultMaximumEstimate},
		{"docs/await.md", "YieldInterval", lro.DefaultYieldInterval},
	} {
		value := fmt.Sprint(tt.value)
		if d, ok := tt.value.(time.Duration); ok {
			value = short(d)
		}
		if row := fmt.Sprintf("| `%s` | %s |", tt.field, value); !strings.Contains(oneLine(t, tt.document), row) {
			t.Errorf("%s has no row that begins with %q", tt.document, row)
		}
	}
}

// TestDocumentedNumbers wants the numbers in the text of documents to be those of the code.
func TestDocumentedNumbers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ document, says string }{
		{"README.md", "awaitop needs Go 1.26"},
		{"README.md", fmt.Sprintf("at most %d MiB and %s levels of JSON", lro.MaxEncodedSize>>20, thousands(lro.MaxDepth))},
		{"README.md", fmt.Sprintf("for `AuthGrace` (%s)", spoken(workflows.DefaultAuthGrace))},
		{"README.md", fmt.Sprintf("for `NotFoundGrace` (%s)", spoken(workflows.DefaultNotFoundGrace))},
		{"README.md", fmt.Sprintf("a minimum for the next read, up to %s", spoken(lro.MaxRetryAfter))},
		{"docs/await-many.md", fmt.Sprintf("for each %s operations", thousands(sets.MaxSize))},
		{"docs/await-many.md", fmt.Sprintf("`%s` (default)", workflows.CancelRest)},
		{"docs/operations.md", fmt.Sprintf("some %g requests a second", worker.SpannerBudget.RequestsPerSecond)},
		{"docs/operations.md", fmt.Sprintf("1, 3, 7 and 15 s after its start, then each %.0f s", worker.DefaultRecount.Seconds())},
		{"docs/operations.md", fmt.Sprintf("holds %s single waits without a slot", thousands(activities.DefaultMaxAsync))},
		{"docs/operations.md", fmt.Sprintf("and %d sets in slots", activities.DefaultMaxHeld)},
		{"docs/operations.md", fmt.Sprintf("`maxBytesInFlight` (%d MiB)", rest.DefaultMaxBytesInFlight>>20)},
		{"docs/operations.md", fmt.Sprintf("`worker.stopTimeout` (%d s)", worker.DefaultStopTimeout/time.Second)},
		{"docs/provisioning.md", fmt.Sprintf("%d run at the same time", workflows.DefaultWindow)},
		{"docs/provisioning.md", fmt.Sprintf("%s is the most", thousands(workflows.MaxWindow))},
		{"docs/provisioning.md", fmt.Sprintf("would pass %s", thousands(workflows.DefaultMaxHistoryLength))},
		{"docs/provisioning.md", fmt.Sprintf("`StartTimeout` (%d min)", workflows.DefaultStartTimeout/time.Minute)},
		{"docs/provisioning.md", fmt.Sprintf("`UndoWindow` (%d h)", workflows.DefaultUndoWindow/time.Hour)},
		{"docs/troubleshooting.md", fmt.Sprintf("`CancelGrace` (%d min)", workflows.DefaultCancelGrace/time.Minute)},
		{"docs/troubleshooting.md", fmt.Sprintf("`MaxBodySize` (%d MiB)", rest.DefaultMaxBodySize>>20)},
		{"docs/design.md", fmt.Sprintf("until a worker has `MaxAsync` of them (%s)", thousands(activities.DefaultMaxAsync))},
	} {
		if !strings.Contains(oneLine(t, tt.document), tt.says) {
			t.Errorf("%s does not say %q", tt.document, tt.says)
		}
	}
}

// TestDocumentedNames wants each name that is a contract, or that a user has to tell from others, in the document
// that explains it.
func TestDocumentedNames(t *testing.T) {
	t.Parallel()
	for _, class := range lro.Classes() {
		if row := fmt.Sprintf("| `%s` |", class); !strings.Contains(oneLine(t, "docs/troubleshooting.md"), row) {
			t.Errorf("docs/troubleshooting.md has no row %q in its table of classes", row)
		}
	}
	source := constants{t, gosource.NewModule(".")}
	for _, failure := range source.values("lro", "FailureType") {
		if heading := "### " + failure + " "; !strings.Contains(oneLine(t, "docs/troubleshooting.md"), heading) {
			t.Errorf("docs/troubleshooting.md has no section %s", failure)
		}
	}
	for _, cancellation := range source.values("lro", "Cancellation") {
		if row := fmt.Sprintf("| `%s` |", cancellation); !strings.Contains(oneLine(t, "docs/await.md"), row) {
			t.Errorf("docs/await.md has no row %q in its table of cancels", row)
		}
	}
}

// oneLine is a document without its line ends.
func oneLine(t *testing.T, document string) string {
	t.Helper()
	raw, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(raw)), " ")
}

// short is a duration as tables of options write it: "10m", not "10m0s".
func short(d time.Duration) string {
	return strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(d.String())
}

// spoken is a duration as text writes it: "10 min".
func spoken(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	default:
		return fmt.Sprintf("%d s", d/time.Second)
	}
}

// thousands is a number of up to six digits as text writes it: "10,000".
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
