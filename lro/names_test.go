package lro_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// TestResourcesFit: a failure names every resource that fits a payload beside all else,
// and counts the others.
func TestResourcesFit(t *testing.T) {
	t.Parallel()
	names := func(n int, of string) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprintf("projects/p/instances/i/databases/%s%d", of, i)
		}
		return out
	}
	long := strings.Repeat("d", 60)
	metadata, _ := json.Marshal(strings.Repeat("m", 700<<10))
	rows := map[string]struct {
		reason       string
		names        []string
		errors       []string
		omitted      int
		metadata     json.RawMessage
		named        int // at least
		reasons      int // at least
		keepsDetails bool
	}{
		"a thousand":         {reason: "all fit, with their reasons", names: names(1000, long), errors: slices.Repeat([]string{strings.Repeat("e", 300)}, 1000), named: 1000, reasons: 1000},
		"twenty thousand":    {reason: "names go before reasons, but for the first", names: names(20000, long), errors: slices.Repeat([]string{strings.Repeat("e", 300)}, 20000), named: 9500, reasons: 1},
		"names alone":        {reason: "nothing is kept for reasons that there are none of", names: names(20000, long), named: 9900},
		"counted before":     {reason: "what was dropped earlier stays counted", names: names(3, "d"), omitted: 7, named: 3},
		"beside metadata":    {reason: "metadata goes first", names: names(4000, long), metadata: metadata, named: 4000},
		"few, with metadata": {reason: "what fits drops nothing", names: names(100, long), metadata: metadata, named: 100, keepsDetails: true},
		"escaped":            {reason: "it is the encoded size that counts", names: names(3000, strings.Repeat("<", 100)), named: 1500},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := lro.Failure{Type: lro.TypeCompensationFailed, Resources: row.names, UndoErrors: row.errors, ResourcesOmitted: row.omitted, Cause: &lro.Cause{Message: "the first failure"}}
			f.Operation.Metadata = row.metadata
			app := activities.NewError(f).(*temporal.ApplicationError)
			checkLine(t, app.Message())
			var got lro.Failure
			if err := app.Details(&got); err != nil {
				t.Fatal(err)
			}
			if size := lro.EncodedSize(got); size > lro.MaxEncodedSize {
				t.Errorf("%s: %d bytes", row.reason, size)
			}
			n := len(got.Resources)
			if n < row.named || n+got.ResourcesOmitted != len(row.names)+row.omitted || !slices.Equal(got.Resources, row.names[:n]) {
				t.Errorf("%s: names %d and omits %d of %d", row.reason, n, got.ResourcesOmitted, len(row.names)+row.omitted)
			}
			if len(got.UndoErrors) < row.reasons || len(got.UndoErrors) > n {
				t.Errorf("%s: %d reasons, want %d at least", row.reason, len(got.UndoErrors), row.reasons)
			}
			if kept := len(got.Operation.Metadata) > 0; kept != row.keepsDetails || got.Operation.Truncated != (row.metadata != nil && !kept) {
				t.Errorf("%s: keeps metadata: %t, truncated %t", row.reason, kept, got.Operation.Truncated)
			}
			if len(row.names) > 100 && !strings.Contains(app.Message(), " more") || !strings.Contains(app.Message(), "it began with: the first failure") {
				t.Errorf("%s: message %q", row.reason, app.Message())
			}
		})
	}
}
