package workflows

import (
	"errors"
	"strings"
	"testing"

	"github.com/awaitop/awaitop/lro"
)

func TestHistoryBound(t *testing.T) {
	t.Parallel()
	bounds := historyBoundsOf(DefaultMaxHistoryLength)
	rows := map[string]struct {
		reason string
		bound  historyBound
		h      history
		undos  int
		bytes  int
		want   string // "" for none
	}{
		"empty":                {reason: "a new workflow takes steps", bound: bounds.step, h: history{events: 3}, undos: 1},
		"2,100 at once":        {reason: "what was admitted counts before it is in history", bound: bounds.step, h: history{events: 15}, undos: 2101},
		"to the brim":          {reason: "12 events for each", bound: bounds.step, h: history{events: 9000}, undos: 3000},
		"one event over":       {reason: "the undos would not fit below 45,000", bound: bounds.step, h: history{events: 9001}, undos: 3000, want: "45000 events at most"},
		"many at once":         {reason: "nothing is in history yet, and all of it would be", bound: bounds.step, h: history{events: 3}, undos: 3750, want: "45000 events at most"},
		"other events":         {reason: "the workflow's own count", bound: bounds.step, h: history{events: 45000}, undos: 1, want: "45000 events at most"},
		"size":                 {reason: "a history ends at 50 MiB, too", bound: bounds.step, h: history{bytes: 40 << 20}, undos: 100, bytes: 5 << 20, want: "46137344 bytes at most"},
		"size to the brim":     {reason: "up to 44 MiB", bound: bounds.step, h: history{bytes: 40 << 20}, undos: 100, bytes: 4 << 20},
		"a start of many":      {reason: "a step that was admitted is started", bound: bounds.start, h: history{events: 3700 * 5}, undos: 3700},
		"one try too many":     {reason: "retries leave room for the undos", bound: bounds.start, h: history{events: 25000}, undos: 3700, want: "50000 events at most"},
		"a start's size":       {reason: "each try holds the request", bound: bounds.start, h: history{bytes: 48 << 20}, undos: 1, bytes: 2 << 20, want: "51380224 bytes at most"},
		"an undo":              {reason: "an undo begins while there is room", bound: bounds.undo, h: history{events: 47600}, undos: 200},
		"an undo, no room":     {reason: "what cannot be undone is named", bound: bounds.undo, h: history{events: 47601}, undos: 200, want: "50000 events at most"},
		"another server":       {reason: "the bound is an option", bound: historyBoundsOf(900).step, h: history{events: 3}, undos: 75, want: "900 events at most"},
		"another server's end": {reason: "its end is as much further", bound: historyBoundsOf(900).undo, h: history{events: 989}, undos: 1, want: "1000 events at most"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := row.bound.check(row.h, row.undos, row.bytes)
			if row.want == "" {
				if err != nil {
					t.Errorf("%s: %v", row.reason, err)
				}
				return
			}
			var invalid *lro.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != "saga" || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), "child workflows, each with its own saga") {
				t.Errorf("%s: %v, want one that says %q", row.reason, err, row.want)
			}
		})
	}
}
