package google

import (
	"strings"
	"testing"

	"github.com/awaitop/awaitop/activities/spanner/names"
	"github.com/awaitop/awaitop/catalog"
)

// Each method whose request has what only a step of its own fills is refused, and the refusal names the step.
func TestOwnSteps(t *testing.T) {
	t.Parallel()
	for _, service := range catalog.Services() {
		for _, m := range service.Methods() {
			if m.IDPlace.In != catalog.InText && m.OperationID.In == catalog.Nowhere {
				if _, is := names.OwnOf(m.Key()); is {
					t.Errorf("%s needs no step of its own", m.Key())
				}
				continue
			}
			own, is := names.OwnOf(m.Key())
			_, err := find(m.Key())
			if !is || err == nil || !strings.Contains(err.Error(), "it has a step of its own; use "+own.Function+" of package workflows/spanner") {
				t.Errorf("%s: %v", m.Key(), err)
			}
		}
	}
}
