package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/awaitop/awaitop/control"
)

// missing says why a wait that an argument names takes no updates: it has ended, or it is not there. The wait that was
// meant may have ended, and another one's name end alike. So that one is named and not steered.
func (c *command) missing(ctx context.Context, t *connected, argument, id string, err error) error {
	status, describeErr := found(argument, id, func(id string) (*control.Status, error) {
		return control.Describe(ctx, t, id, control.Options{WithoutQuery: true, DataConverter: t.look.DataConverter})
	})
	if describeErr == nil && !status.Running() {
		return endedError{fmt.Errorf("%s is not running: it %s", shownName(status.WorkflowID), endedText(status, time.Now()))}
	}
	missing := c.notFound(argument, err)
	if !strings.Contains(argument, "/") {
		missing = fmt.Errorf("no workflow %s%w", id, quiet{err})
	}
	other, err := byEnding(ctx, t, argument, missing)
	if err != nil {
		return err
	}
	return fmt.Errorf("%s is no full name; a running wait ends so: %s%w", argument, shownName(other), quiet{missing})
}

// endedText says how and when a workflow ended, such as "ended 5m0s ago: succeeded".
func endedText(s *control.Status, now time.Time) string {
	text := "ended"
	if !s.CloseTime.IsZero() {
		text += " " + short(now.Sub(s.CloseTime)) + " ago"
	}
	switch {
	case s.Outcome != nil && s.Outcome.Cancellation != "":
		return text + ": " + cancelText(*s.Outcome, false)
	case s.Outcome != nil && s.Outcome.Operation.Done:
		return text + ": " + operationText(s.Outcome.Operation)
	case s.Failure != nil:
		return text + ": " + failureText(*s.Failure)
	default:
		return text + ": " + strings.ToLower(s.State)
	}
}

// endedError is the error of an update to a wait that has ended.
type endedError struct{ error }

func (e endedError) Unwrap() error { return e.error }

// quiet is an error that a message is about and does not print.
type quiet struct{ error }

func (quiet) Error() string { return "" }

func (q quiet) Unwrap() error { return q.error }
