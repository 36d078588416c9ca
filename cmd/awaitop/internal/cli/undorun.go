package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/workflows"
)

func (c *command) undo() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "undo WORKFLOW-ID",
		Short: "Undo what a RunOperation has done",
		Long: `Undo what a RunOperation workflow has done: cancel its operation, await the end of that, and delete the target if the
run has made it. The command ends when the undo has ended, and says what became of the target. That takes as long as the
service does. An interrupt leaves the undo to go on, and the same command awaits it again, or tells how it ended.

The run's caller gets a CanceledError. "temporal workflow cancel" undoes, too, and does not wait. A run that has ended is
undone by a workflow awaitop.UndoOperation with the same input.`,
		Example: `  awaitop undo make-instance --reason "the wrong region"`,
		Args:    exactly("WORKFLOW-ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.undoRun(cmd.Context(), args[0], reason)
		},
	}
	addReason(cmd, &reason)
	return cmd
}

// undoRun undoes a run, and prints what has become of its target.
func (c *command) undoRun(ctx context.Context, id, reason string) error {
	t, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	send := func(ctx context.Context, t *connected, id string) (workflows.UndoOutcome, error) {
		return control.UndoRun(ctx, t, id, reason)
	}
	out, err := update(ctx, c, t, target{argument: id, id: id}, send)
	if errors.Is(err, control.ErrTaken) && ctx.Err() == nil {
		c.say("the undo goes on: `awaitop describe %s` shows it", shellQuoted(id))
		if out, err = send(ctx, t, id); ctx.Err() != nil {
			err = exitError{status: ExitDetached, err: errors.New("interrupted; the undo goes on")}
		}
	}
	switch {
	case isNotFound(err):
		return undoneLate(c.missing(ctx, t, id, id, err))
	case errors.Is(err, control.ErrNoRunOperation):
		return t.ofItsType(ctx, id, err)
	case err != nil:
		return err
	case c.output == "json":
		return c.json(out)
	}
	return c.print(undoneText(out))
}

// undoneLate says how a run that has ended is undone.
func undoneLate(err error) error {
	if errors.As(err, new(endedError)) {
		return fmt.Errorf("%w. A RunOperation that has ended is undone by a workflow %s with the same input", err, workflows.UndoOperationName)
	}
	return err
}

// undoneText says what an undo has done.
func undoneText(out workflows.UndoOutcome) string {
	text := fmt.Sprintf("undone; %s: %s", out.Target, removalText(out.Removal))
	if !out.Outcome.Ref.IsZero() {
		text += fmt.Sprintf("; operation %s: %s", out.Outcome.Ref, outcomeText(out.Outcome))
	}
	return text
}

func removalText(removal workflows.Removal) string {
	switch removal {
	case workflows.RemovalDeleted:
		return "it was deleted"
	case workflows.RemovalAbsent:
		return "it was not there"
	case workflows.RemovalNotOurs:
		return "it is somebody else's, and was left"
	case workflows.RemovalNotStarted:
		return "there was nothing to undo"
	case workflows.RemovalKept:
		return "it was kept"
	default:
		return string(removal)
	}
}

// typedError is the error of an update that workflows of the type do not take.
type typedError struct {
	error
	workflowType, workflowID string
}

func (e typedError) Unwrap() error { return e.error }

// ofItsType adds the workflow's type to the error of an update. Without an answer of the server the error stays as it is.
func (t *connected) ofItsType(ctx context.Context, workflowID string, err error) error {
	described, failed := t.DescribeWorkflowExecution(ctx, workflowID, "")
	if failed != nil {
		return err
	}
	return typedError{err, described.GetWorkflowExecutionInfo().GetType().GetName(), workflowID}
}

// hint says what the workflow takes.
func (e typedError) hint() string {
	id := shellQuoted(e.workflowID)
	switch e.workflowType {
	case workflows.AwaitOperationName:
		return fmt.Sprintf("it awaits an operation: `awaitop cancel %s` cancels that", id)
	case workflows.RunOperationName:
		return fmt.Sprintf("it is a RunOperation: `awaitop undo %s` cancels its operation and undoes what it has done; so does `temporal workflow cancel --workflow-id %s`, by its cancel policy", id, id)
	case workflows.UndoOperationName:
		return fmt.Sprintf("it undoes, which no cancel stops: `awaitop describe %s` shows how far it is", id)
	default:
		return fmt.Sprintf("what it awaits inline is steered with the workflow alone: `temporal workflow cancel --workflow-id %s` cancels both, and a saga undoes", id)
	}
}
