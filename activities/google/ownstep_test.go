package google

import (
	"strings"
	"testing"

	"github.com/awaitop/awaitop/catalog"
)

// Each method whose request has what only a step of its own fills is refused, and the refusal names the step.
func TestOwnSteps(t *testing.T) {
	t.Parallel()
	special := 0
	for _, service := range catalog.Services() {
		for _, m := range service.Methods() {
			if m.IDPlace.In != catalog.InText && m.OperationID.In == catalog.Nowhere {
				continue
			}
			special++
			_, err := find(m.Key())
			if err == nil || !strings.Contains(err.Error(), "it has a step of its own; use "+ownSteps[m.ID]+" of package workflows/spanner") {
				t.Errorf("%s: %v", m.Key(), err)
			}
		}
	}
	if special != len(ownSteps) {
		t.Errorf("%d methods need a step of their own, and %d have one", special, len(ownSteps))
	}
}
