package trials

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/awaitop/awaitop/examples/internal/command"
)

// Flags say how a run is disturbed, and what is printed. The zero Flags disturb nothing.
type Flags struct {
	JSON        bool
	FailAt      string // a step; "" for none
	CancelAfter time.Duration
	LoseReplies bool
}

// Add defines the flags, for a workflow with these steps.
func (f *Flags) Add(set *flag.FlagSet, steps []string) {
	set.BoolVar(&f.JSON, "json", false, "print one JSON object on standard output, and all else on standard error")
	set.StringVar(&f.FailAt, "fail-at", "", "`STEP` to fail at: "+strings.Join(steps, ", "))
	set.DurationVar(&f.CancelAfter, "cancel-after", 0, "`DURATION` after which the workflow is canceled, such as 8s")
	set.BoolVar(&f.LoseReplies, "lose-replies", false, "lose the first reply to each request that starts an operation")
}

// Validate reports a step that the workflow does not have, and a time in the past.
func (f Flags) Validate(steps []string) error {
	if f.FailAt != "" && !slices.Contains(steps, f.FailAt) {
		return fmt.Errorf("-fail-at %q is no step, the steps are %s; %w", f.FailAt, strings.Join(steps, ", "), command.ErrUsage)
	}
	if f.CancelAfter < 0 {
		return fmt.Errorf("-cancel-after %v is less than no time; %w", f.CancelAfter, command.ErrUsage)
	}
	return nil
}

// WantSuccess reports whether the run is to succeed: no step is to fail, and none is canceled.
func (f Flags) WantSuccess() bool { return f.FailAt == "" && f.CancelAfter == 0 }
