package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
)

func (c *command) describe() *cobra.Command {
	return &cobra.Command{
		Use:   "describe REF|WORKFLOW-ID",
		Short: "Tell what a wait, or all waits of a workflow, are at",
		Example: `  awaitop describe //spanner.googleapis.com/projects/p/instances/i/operations/o
  awaitop describe provision-42   # its inline waits, sets and children`,
		Args: exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := workflowID(args[0])
			if err != nil {
				return err
			}
			t, err := c.dial(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			status, err := control.Describe(cmd.Context(), t, id, t.look)
			if err != nil {
				return err
			}
			if c.output == "json" {
				return c.json(status)
			}
			return c.printStatus(status)
		},
	}
}

func (c *command) printStatus(s *control.Status) error {
	w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		if text := printable(fmt.Sprintf(format, args...)); text != "" {
			_, _ = fmt.Fprintf(w, "%s\t%s\n", name, text) // Flush says what went wrong
		}
	}
	row("workflow", "%s", s.WorkflowID)
	row("type", "%s", s.WorkflowType)
	row("state", "%s", stateOf(s))
	row("task queue", "%s", s.TaskQueue)
	row("started", "%s", timeText(s.StartTime))
	row("closed", "%s", timeText(s.CloseTime))
	if s.Outcome != nil {
		outcomeRows(row, *s.Outcome)
	}
	if s.Failure != nil {
		row("failure", "%s", s.Failure.Message)
	}
	if s.Own != nil {
		row("policy", "%s", policyText(*s.Own))
		row("cancel", "%s", s.Own.Outcome.Cancellation)
		row("reason", "%s", s.Own.Outcome.CancelReason)
	}
	if s.Unanswered != "" {
		row("no answer", "%s", s.Unanswered)
	}
	for _, wait := range s.Waits {
		_, _ = fmt.Fprintln(w)
		if wait.WorkflowID != s.WorkflowID {
			row("workflow", "%s", wait.WorkflowID)
		}
		waitRows(row, wait)
	}
	return w.Flush()
}

func stateOf(s *control.Status) string {
	text := strings.ToLower(s.State)
	if s.CancelRequested && s.Running() {
		text += ", a cancel was requested"
	}
	switch {
	case workerMissing(s):
		text += ", " + workerMissingText(s)
	case s.Running() && len(s.Waits) == 0:
		text += ", no wait under way"
	case !s.Running() && len(s.Waits) > 0:
		text += ": no cancel was sent, and the operation may run on"
	}
	return text
}

func outcomeRows(row func(name, format string, args ...any), o lro.Outcome) {
	row("operation", "%s", o.Ref)
	row("outcome", "%s", outcomeText(o))
	if o.Operation.Error != nil && len(o.Operation.Error.Details) > 0 {
		details, _ := json.Marshal(o.Operation.Error.Details) // they were read from JSON
		row("details", "%s", details)
	}
	row("metadata", "%s", o.Operation.Metadata)
	row("cancel", "%s", o.Cancellation)
	row("reason", "%s", o.CancelReason)
	row("polls", "%d", o.Polls)
	row("response", "%s", o.Operation.Response)
}

// outcomeText is how the operation ended, or what was last seen of it.
func outcomeText(o lro.Outcome) string {
	switch {
	case o.Operation.Done:
		return operationText(o.Operation)
	case len(o.Operation.Metadata) == 0:
		return "not known"
	default:
		return operationText(o.Operation) + " when last read"
	}
}

func waitRows(row func(name, format string, args ...any), w control.Wait) {
	row("operation", "%s", awaitedText(w))
	row("wait", "%s", stateText(w))
	row("progress", "%s", strings.TrimPrefix(strings.Join([]string{percentText(w), w.Message}, "  "), "-  "))
	if eta, known := w.ETA(); known {
		row("eta", "%s", timeText(eta))
	}
	row("polls", "%d", w.Polls)
	row("next poll", "%s", until(w.NextPoll))
	row("trouble", "%s", errorText(w))
	row("since", "%s", timeText(w.StartTime))
	row("deadline", "%s", timeText(w.Deadline))
	row("attempt", "%d", w.Attempt)
	row("worker", "%s", w.Worker)
	row("reported", "%s", timeText(w.Reported))
}

func timeText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s (%s)", at.Local().Format(time.DateTime), relative(at))
}

func relative(at time.Time) string {
	if time.Until(at) > 0 {
		return until(at)
	}
	return since(at) + " ago"
}
