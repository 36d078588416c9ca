package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/printable"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/waitlist"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

func (c *command) describe() *cobra.Command {
	return &cobra.Command{
		Use:   "describe REF|WORKFLOW-ID",
		Short: "Show a wait, or all waits of a workflow",
		Example: `  awaitop describe //spanner.googleapis.com/projects/p/instances/i/operations/o
  awaitop describe operations/o   # by the end of its name, as "awaitop list" prints it
  awaitop describe provision-42   # its inline waits, sets and children`,
		Args: exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			to, err := c.target(args[0])
			if err != nil {
				return err
			}
			t, err := c.dial(cmd.Context())
			if err != nil {
				return err
			}
			defer t.Close()
			statuses, err := c.describeTarget(cmd.Context(), t, to)
			if err != nil {
				return err
			}
			return c.printStatuses(statuses)
		},
	}
}

// describeTarget describes the workflow that an argument names. If it does not run, the running waits for its operation
// under other ids are described in its place.
func (c *command) describeTarget(ctx context.Context, t *connected, to target) ([]*control.Status, error) {
	look := func(id string) (*control.Status, error) { return control.Describe(ctx, t, id, t.look) }
	status, err := found(to.argument, to.id, look)
	if err != nil && !isNotFound(err) || err == nil && status.Running() {
		return []*control.Status{status}, err
	}
	others, errOthers := c.otherWaits(ctx, t, to)
	if errOthers == nil {
		others, errOthers = control.DescribeAll(ctx, t, others, t.look)
	}
	switch {
	case errOthers != nil:
		return nil, errOthers
	case len(others) > 0 && err == nil:
		c.say("its wait %s has ended: `awaitop describe %s` shows it. Other workflows await it:", status.WorkflowID, shellQuoted(status.WorkflowID))
		return others, nil
	case len(others) > 0:
		return others, nil
	case err == nil:
		return []*control.Status{status}, nil
	}
	id, err := byEnding(ctx, t, to.argument, c.notFound(to.argument, err))
	if err == nil {
		status, err = look(id)
	}
	return []*control.Status{status}, err
}

// printStatuses prints workflows, with an empty line between two.
func (c *command) printStatuses(statuses []*control.Status) error {
	for i, status := range statuses {
		if c.output == "json" {
			if err := c.json(status); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			_, _ = fmt.Fprintln(c.Out) // the next print returns the error
		}
		if err := c.printStatus(status); err != nil {
			return err
		}
	}
	return nil
}

func (c *command) printStatus(s *control.Status) error {
	w := tabwriter.NewWriter(c.Out, 0, 0, 2, ' ', 0)
	rows := rows{w}
	rows.line("workflow", "%s", s.WorkflowID)
	rows.line("type", "%s", s.WorkflowType)
	rows.line("state", "%s", stateOf(s))
	if s.Parent != nil {
		rows.line("parent", "%s", s.Parent.WorkflowID)
	}
	rows.line("task queue", "%s", s.TaskQueue)
	rows.line("started", "%s", timeText(s.StartTime))
	rows.line("closed", "%s", timeText(s.CloseTime))
	if s.Outcome != nil {
		rows.outcome(*s.Outcome, s.Failure)
	}
	if !repeatsState(s) {
		rows.failure(s.Failure)
	}
	rows.document("result", s.Result)
	if s.RunBefore != nil {
		rows.line("attempt", "%d of the workflow; the run before failed: %s", s.Attempt, failureText(*s.RunBefore))
	}
	rows.details(s)
	if s.Own != nil {
		rows.line("policy", "%s", policyText(*s.Own))
		rows.line("cancel", "%s", cancelText(s.Own.Outcome, true))
	}
	if s.Unanswered != "" {
		rows.line("no answer", "%s", s.Unanswered)
	}
	for _, run := range s.Runs {
		_, _ = fmt.Fprintln(w)
		rows.from(s, run.WorkflowID)
		rows.run(run, s.StartTime)
	}
	for _, undo := range s.Undos {
		_, _ = fmt.Fprintln(w)
		rows.from(s, undo.WorkflowID)
		rows.undo(undo)
	}
	for _, retry := range s.Retries {
		_, _ = fmt.Fprintln(w)
		rows.from(s, retry.WorkflowID)
		rows.retry(retry)
	}
	for _, wait := range s.Waits {
		_, _ = fmt.Fprintln(w)
		rows.from(s, wait.WorkflowID)
		rows.wait(wait, s.StartTime)
	}
	return w.Flush()
}

// from names the workflow that the next rows are of, unless it is the described one.
func (r rows) from(s *control.Status, workflowID string) {
	if workflowID != s.WorkflowID {
		r.line("workflow", "%s", workflowID)
	}
}

func stateOf(s *control.Status) string {
	text := strings.ToLower(s.State)
	if s.CancelRequested && s.Running() {
		text += ", a cancel was requested"
	}
	switch {
	case workerMissing(s):
		text += ", " + workerMissingText(s)
	case s.Running() && s.BeginTime.After(time.Now()):
		text += ", begins " + until(s.BeginTime)
	case s.Running() && len(s.Undos) > 0:
		text += fmt.Sprintf(", undoing %d of its steps", len(s.Undos))
	case s.Running() && s.Untaken && len(s.Waits) == 0:
		text += fmt.Sprintf(", waiting for a worker on task queue %s %s", s.TaskQueue, waitlist.UntakenSince(s, time.Now()))
	case s.Running() && len(s.Waits)+len(s.Retries) == 0 && s.WorkflowType == workflows.AwaitOperationName:
		text += ", between two reads"
	case s.Running() && len(s.Waits)+len(s.Retries)+len(s.Runs) == 0:
		text += ", between two steps"
	case !s.Running() && len(s.Undos) > 0:
		text += ": its undo was cut off, and what it undid is left"
	case !s.Running() && len(s.Waits) > 0:
		text += ": no cancel was sent, and the operation may run on"
	}
	return text
}

// rows prints names and their values. A value that is not known is empty, and takes no row.
type rows struct{ to io.Writer }

// line prints a value, unless it is empty.
func (r rows) line(name, format string, args ...any) {
	r.print(name, fmt.Sprintf(format, args...), printable.MaxLine)
}

// document prints JSON, unless there is none.
func (r rows) document(name string, raw json.RawMessage) {
	r.print(name, document(raw), printable.MaxDocument)
}

func (r rows) print(name, text string, max int) {
	if text != "" {
		_, _ = fmt.Fprintf(r.to, "%s\t%s\n", name, printable.Line(text, max)) // Flush returns the error
	}
}

// repeatsState reports whether the failure says no more than the state and the cancel.
func repeatsState(s *control.Status) bool {
	return s.Failure != nil && s.State == "Canceled" && s.Failure.Type == "Canceled" && len(s.Failure.Where) == 0
}

// cancelText says what became of a cancel, and why it was asked for; "" without a cancel.
func cancelText(o lro.Outcome, running bool) string {
	text := ""
	switch {
	case o.Cancellation == "":
	case running:
		text = o.Cancellation.Text()
	default:
		text = cancellationText(o)
	}
	if o.CancelReason != "" {
		text = strings.TrimPrefix(text+"; reason: "+o.CancelReason, "; ")
	}
	return text
}

func (r rows) outcome(o lro.Outcome, failure *control.Failure) {
	r.line("operation", "%s", o.Ref)
	r.line("outcome", "%s", outcomeText(o))
	if o.Operation.Error != nil && len(o.Operation.Error.Details) > 0 {
		details, _ := json.Marshal(o.Operation.Error.Details) // they come from JSON
		r.document("details", details)
	}
	r.document("metadata", o.Operation.Metadata)
	r.line("cancel", "%s", cancelText(o, false))
	if failure == nil || failure.Type != string(lro.TypeInvalidInput) { // nothing was read
		r.line("polls", "%d", o.Polls)
	}
	r.document("response", o.Operation.Response)
}

// outcomeText is the end of the operation, or the last observation of it.
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

// wait prints a wait. started is when its workflow has started, which is printed above.
func (r rows) wait(w control.Wait, started time.Time) {
	r.line("operation", "%s", awaitedText(w))
	r.line("step", "%s", w.Step)
	r.line("wait", "%s", stateText(w))
	r.line("progress", "%s", progressText(w))
	if eta, known := w.ETA(); known {
		r.line("eta", "%s", timeText(eta))
	}
	r.line("polls", "%s", pollsText(w))
	r.line("last read", "%s", timeText(w.LastPoll))
	r.line("next poll", "%s", nextPollText(w))
	r.line("trouble", "%s", errorText(w))
	if differs(w.StartTime, w.LastPoll) && differs(w.StartTime, started) {
		r.line("since", "%s", timeText(w.StartTime))
	}
	r.line("deadline", "%s", timeText(w.Deadline))
	if w.LastFailure != "" { // a poll that yields begins its next attempt as well
		r.line("attempt", "%d", w.Attempt)
	}
	r.line("worker", "%s", w.Worker)
	if w.Mode != control.ModeHeld && differs(w.Reported, w.LastPoll) { // that of a held wait stands beside polls
		r.line("reported", "%s", timeText(w.Reported))
	}
	if w.Set != nil {
		r.members(*w.Set)
	}
}

// differs reports whether two times are more than a second apart, so that both are worth a row.
func differs(one, other time.Time) bool { return one.Sub(other).Abs() > time.Second }

// progressText is how far a wait is, and what it does. The message says the number, too, unless it is about trouble.
func progressText(w control.Wait) string {
	percent := percentText(w)
	if percent == "-" || strings.Contains(w.Message, percent) {
		return w.Message
	}
	return strings.TrimSpace(percent + "  " + w.Message)
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
