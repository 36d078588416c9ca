package starters

import (
	"errors"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

// No input of a start, a read or a remove names more than one resource.
func TestOneTarget(t *testing.T) {
	t.Parallel()
	const wild = "projects/-/locations/-/clusters/a"
	rows := []struct {
		reason, field string
		err           error
	}{
		{"a start", "target", StartInput{Target: wild, Key: "awaitop", Since: later}.Validate()},
		{"a read", "name", ResourceInput{Name: wild}.Validate()},
		{"a remove", "target", RemoveInput{Target: wild}.Validate()},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			var invalid *lro.InvalidError
			if !errors.As(row.err, &invalid) || invalid.Field != row.field || invalid.Value != wild {
				t.Errorf("%v", row.err)
			}
		})
	}
}
