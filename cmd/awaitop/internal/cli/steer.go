package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// answerTimeout bounds the answer of a wait's workflow to an update. It is more than the reads that the
	// update causes may take.
	answerTimeout = 40 * time.Second
	// slowAnswer is after how long the command says that no answer has come.
	slowAnswer = 5 * time.Second
)

// sendUpdate sends an update to a workflow, and returns its answer.
type sendUpdate[T any] func(ctx context.Context, t *connected, workflowID string) (T, error)

// steer sends an update to the wait that the argument names, and prints its answer as text has it.
func (c *command) steer(ctx context.Context, argument string, send sendUpdate[workflows.WaitStatus], text func(workflows.WaitStatus) string) error {
	to, err := c.target(argument)
	if err != nil {
		return err
	}
	t, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	status, err := update(ctx, c, t, to, send)
	if isNotFound(err) {
		other, errOther := c.otherWait(ctx, t, to)
		if errOther != nil {
			return errOther
		}
		if other != "" {
			to = target{argument: other, id: other}
			status, err = update(ctx, c, t, to, send)
		}
	}
	switch {
	case isNotFound(err):
		return c.missing(ctx, t, to.argument, to.id, err)
	case errors.Is(err, control.ErrNoAwaitOperation):
		return t.ofItsType(ctx, to.id, err)
	case err != nil:
		return err
	case c.output == "json":
		return c.json(status)
	}
	return c.print(text(status))
}

// update sends an update to a workflow, and says so if no answer comes.
func update[T any](ctx context.Context, c *command, t *connected, to target, send sendUpdate[T]) (T, error) {
	answering, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	slow := time.AfterFunc(slowAnswer, func() {
		if why := t.silence(answering, to.id); answering.Err() == nil { // else the answer has come meanwhile
			c.noAnswerYet(why)
		}
	})
	defer slow.Stop()
	status, err := found(to.argument, to.id, func(id string) (T, error) { return send(answering, t, id) })
	if err != nil && !isNotFound(err) {
		err = updateError(ctx, answering, shownName(to.id), err)
	}
	if errors.Is(err, errNoWorker) {
		err = silentError{err, t.silence(ctx, to.id)}
	}
	return status, err
}

// noAnswerYet says why the command waits, and what to do if that is for a worker.
func (c *command) noAnswerYet(s silence) {
	c.say("no answer yet: %s", s)
	if s.queue != "" && s.workers == 0 {
		c.say("%s", s.remedy())
	}
}

// updateError says what the error of an update to the wait of that name means. answering is the update's own context,
// within ctx.
func updateError(ctx, answering context.Context, name string, err error) error {
	var notReady *serviceerror.WorkflowNotReady
	var late *client.WorkflowUpdateServiceTimeoutOrCanceledError // it comes a moment before answering is done
	switch {
	case errors.Is(err, control.ErrTaken) && ctx.Err() == nil:
		return fmt.Errorf("%w after %s: `awaitop describe %s` shows its progress", control.ErrTaken, answerTimeout, name)
	case ctx.Err() != nil:
		return exitError{status: ExitDetached, err: errors.New("interrupted; the wait may have taken the update")}
	case answering.Err() != nil, errors.As(err, &notReady), errors.As(err, &late):
		return fmt.Errorf("%w for %s within %s", errNoWorker, name, answerTimeout)
	default:
		return err
	}
}

func (c *command) cancel() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "cancel REF|WORKFLOW-ID",
		Short: "Cancel an operation by its wait",
		Long: `Cancel an operation by its wait, for everybody who is attached to it. The wait goes on until the operation has
ended: "awaitop await" shows how.

This command is for AwaitOperation workflows. Undo a RunOperation with "awaitop undo". Cancel an inline wait with its
workflow: "temporal workflow cancel".`,
		Example: `  awaitop cancel //spanner.googleapis.com/projects/p/instances/i/operations/o --reason "the wrong region"`,
		Args:    exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			send := func(ctx context.Context, t *connected, id string) (workflows.WaitStatus, error) {
				return control.Cancel(ctx, t, id, reason)
			}
			return c.steer(cmd.Context(), args[0], send, canceledText)
		},
	}
	addReason(cmd, &reason)
	return cmd
}

func addReason(cmd *cobra.Command, reason *string) {
	cmd.Flags().StringVar(reason, "reason", "", "`TEXT` for the history and the outcome (default: none)")
}

func canceledText(status workflows.WaitStatus) string {
	switch outcome := status.Outcome; {
	case status.Phase == workflows.PhaseEnded:
		return fmt.Sprintf("the wait has ended: %s", outcome.State())
	case outcome.CancelStatus != nil:
		return fmt.Sprintf("%s (%s); the wait goes on", outcome.Cancellation.Text(), outcome.CancelStatus)
	case outcome.Cancellation != "":
		return outcome.Cancellation.Text() + "; the wait goes on"
	default:
		return "the cancel was delivered; the wait goes on until the operation ends"
	}
}

func (c *command) abandon() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:     "abandon REF|WORKFLOW-ID",
		Short:   "End a wait, and leave its operation running",
		Example: `  awaitop abandon //spanner.googleapis.com/projects/p/instances/i/operations/o --reason "watched by hand"`,
		Args:    exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			send := func(ctx context.Context, t *connected, id string) (workflows.WaitStatus, error) {
				return control.Abandon(ctx, t, id, reason)
			}
			return c.steer(cmd.Context(), args[0], send, func(workflows.WaitStatus) string { return "abandoned; the operation is left as it is" })
		},
	}
	addReason(cmd, &reason)
	return cmd
}

func (c *command) pollNow() *cobra.Command {
	return &cobra.Command{
		Use:     "poll-now REF|WORKFLOW-ID",
		Short:   "Make a wait read its operation now",
		Example: `  awaitop poll-now //spanner.googleapis.com/projects/p/instances/i/operations/o`,
		Args:    exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			send := func(ctx context.Context, t *connected, id string) (workflows.WaitStatus, error) {
				return control.PollNow(ctx, t, id)
			}
			return c.steer(cmd.Context(), args[0], send, func(status workflows.WaitStatus) string { return operationText(status.Outcome.Operation) })
		},
	}
}
