package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// answerTimeout bounds how long a wait's workflow may take to answer an update: more
// than its reads may take, and less than anybody waits for a worker.
const answerTimeout = 40 * time.Second

// slowAnswer is after how long somebody who waits for an answer is told so.
const slowAnswer = 5 * time.Second

// steering is a command that sends an update.
type steering func(ctx context.Context, t *connected, workflowID string) (workflows.WaitStatus, error)

func (c *command) steer(argument string, send steering, done func(workflows.WaitStatus) string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		id, err := workflowID(argument)
		if err != nil {
			return err
		}
		t, err := c.dial(ctx)
		if err != nil {
			return err
		}
		defer t.Close()
		answering, cancel := context.WithTimeout(ctx, answerTimeout)
		defer cancel()
		slow := time.AfterFunc(slowAnswer, func() { c.say("no answer yet: is there a worker? `awaitop describe %s` tells", argument) })
		defer slow.Stop()
		status, err := send(answering, t, id)
		if err != nil {
			return steeringError(ctx, answering, id, err)
		}
		if c.output == "json" {
			return c.json(status)
		}
		return c.print(done(status))
	}
}

// steeringError says what an update that failed means.
func steeringError(ctx, answering context.Context, id string, err error) error {
	var gone *serviceerror.NotFound
	var unknown *serviceerror.WorkflowNotReady
	var late *client.WorkflowUpdateServiceTimeoutOrCanceledError // a moment before answering is done
	switch {
	case errors.Is(err, control.ErrTaken) && ctx.Err() == nil:
		return fmt.Errorf("%w after %s: `awaitop describe %s` tells what it is at", control.ErrTaken, answerTimeout, id)
	case ctx.Err() != nil:
		return exitError{status: ExitDetached, err: errors.New("interrupted; the update may have been taken")}
	case answering.Err() != nil, errors.As(err, &unknown), errors.As(err, &late):
		return fmt.Errorf("%w for %s within %s", errNoWorker, id, answerTimeout)
	case errors.As(err, &gone):
		return notFound(id, fmt.Errorf("%s is not under way: %w", id, err))
	default:
		return err
	}
}

func (c *command) cancel() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "cancel REF|WORKFLOW-ID",
		Short: "Cancel an operation, and its wait",
		Long: `Cancel an operation by its wait, for everybody who is attached to it. The wait goes on
until it is known what became of the cancel: "awaitop await" tells.

This is for the waits of AwaitOperation workflows. An inline wait is canceled with the
workflow it stands in: "temporal workflow cancel".`,
		Example: `  awaitop cancel //spanner.googleapis.com/projects/p/instances/i/operations/o --reason "the wrong region"`,
		Args:    exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.steer(args[0], func(ctx context.Context, t *connected, id string) (workflows.WaitStatus, error) {
				return control.Cancel(ctx, t, id, reason)
			}, canceledText)(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`text` for the history and the outcome")
	return cmd
}

func canceledText(status workflows.WaitStatus) string {
	switch outcome := status.Outcome; {
	case status.Phase == workflows.PhaseEnded:
		return fmt.Sprintf("the wait has ended: %s", outcome.State())
	case outcome.CancelStatus != nil:
		return fmt.Sprintf("the cancel: %s (%s); the operation is awaited", outcome.Cancellation, outcome.CancelStatus)
	case outcome.Cancellation != "":
		return fmt.Sprintf("the cancel: %s; the operation is awaited", outcome.Cancellation)
	default:
		return "the cancel has been delivered; what becomes of it is awaited"
	}
}

func (c *command) abandon() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:     "abandon REF|WORKFLOW-ID",
		Short:   "End a wait and leave the operation as it is",
		Example: `  awaitop abandon //spanner.googleapis.com/projects/p/instances/i/operations/o --reason "watched by hand"`,
		Args:    exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.steer(args[0], func(ctx context.Context, t *connected, id string) (workflows.WaitStatus, error) {
				return control.Abandon(ctx, t, id, reason)
			}, func(workflows.WaitStatus) string { return "abandoned; the operation is as it was" })(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`text` for the history and the outcome")
	return cmd
}

func (c *command) pollNow() *cobra.Command {
	return &cobra.Command{
		Use:     "poll-now REF|WORKFLOW-ID",
		Short:   "Have a wait read its operation now",
		Example: `  awaitop poll-now //spanner.googleapis.com/projects/p/instances/i/operations/o`,
		Args:    exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.steer(args[0], func(ctx context.Context, t *connected, id string) (workflows.WaitStatus, error) {
				return control.PollNow(ctx, t, id)
			}, func(status workflows.WaitStatus) string { return operationText(status.Outcome.Operation) })(cmd.Context())
		},
	}
}

func (c *command) setPolicy() *cobra.Command {
	var defaults bool
	cmd := &cobra.Command{
		Use:   "set-policy REF|WORKFLOW-ID",
		Short: "Change how often a wait reads its operation",
		Long: `Change how often a wait reads its operation. It is read now, and then by the new policy.
What no flag gives stays as it is; --defaults has it be the default.`,
		Example: `  awaitop set-policy //spanner.googleapis.com/projects/p/instances/i/operations/o --maximum-interval 5m --maximum-estimate 5m`,
		Args:    exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, n, _ := patched(cmd.Flags(), lro.PollPolicy{}); n == 0 && !defaults {
				return usagef("nothing to change: want --maximum-interval or the like; see `%s --help`", cmd.CommandPath())
			}
			return c.steer(args[0], func(ctx context.Context, t *connected, id string) (workflows.WaitStatus, error) {
				var policy lro.PollPolicy
				var err error
				if !defaults {
					policy, err = runningPolicy(ctx, t, id)
				}
				if err == nil {
					policy, _, err = patched(cmd.Flags(), policy)
				}
				if err != nil {
					return workflows.WaitStatus{}, err
				}
				return control.SetPolicy(ctx, t, id, policy)
			}, policyText)(cmd.Context())
		},
	}
	addPolicy(cmd.Flags(), &lro.PollPolicy{}) // patched reads the flags
	cmd.Flags().BoolVar(&defaults, "defaults", false, "what no flag gives is the default, not what the wait has")
	return cmd
}

// runningPolicy is the policy that a wait has.
func runningPolicy(ctx context.Context, t *connected, id string) (lro.PollPolicy, error) {
	value, err := t.QueryWorkflow(ctx, id, "", workflows.StatusQuery)
	var status workflows.WaitStatus
	if err == nil {
		err = value.Get(&status)
	}
	var failed *serviceerror.QueryFailed
	if errors.As(err, &failed) {
		err = fmt.Errorf("%w: %s", control.ErrNoAwaitOperation, id)
	}
	return status.Input.Policy, err
}

// patched is a policy with what flags give in place of what it has, which are n.
func patched(given *pflag.FlagSet, policy lro.PollPolicy) (_ lro.PollPolicy, n int, err error) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	addPolicy(flags, &policy)
	given.Visit(func(f *pflag.Flag) {
		if flags.Lookup(f.Name) != nil {
			n++
			err = errors.Join(err, flags.Set(f.Name, f.Value.String()))
		}
	})
	return policy, n, err
}

// policyText is the policy in force.
func policyText(status workflows.WaitStatus) string {
	p := status.Input.Policy
	first := "by the operation's method"
	if p.InitialInterval > 0 {
		first = p.InitialInterval.String()
	}
	text := fmt.Sprintf("initial interval %s, coefficient %g, maximum interval %s", first, p.Coefficient, p.MaximumInterval)
	if p.IgnoreProgress {
		text += ", progress ignored"
	} else {
		text += fmt.Sprintf(", maximum estimate %s", p.MaximumEstimate)
	}
	return text + fmt.Sprintf(", yields from %s on", p.YieldInterval)
}

// addPolicy adds the flags of a poll policy, which has what they do not give.
func addPolicy(flags *pflag.FlagSet, policy *lro.PollPolicy) {
	flags.DurationVar(&policy.InitialInterval, "initial-interval", policy.InitialInterval, "`delay` to the second read (default 1s, or what the operation's method is known to take)")
	flags.Float64Var(&policy.Coefficient, "coefficient", policy.Coefficient, "`ratio` of successive intervals (default 1.3)")
	flags.DurationVar(&policy.MaximumInterval, "maximum-interval", policy.MaximumInterval, "longest `interval` between two reads without a percentage to go by (default 30s)")
	flags.DurationVar(&policy.MaximumEstimate, "maximum-estimate", policy.MaximumEstimate, "longest `interval` that a percentage gives (default --maximum-interval, or 5m)")
	flags.DurationVar(&policy.YieldInterval, "yield-interval", policy.YieldInterval, "`interval` from which on the Temporal server holds the wait between reads (default 1m)")
	flags.BoolVar(&policy.IgnoreProgress, "ignore-progress", policy.IgnoreProgress, "take no account of the operation's percentage")
}

func (c *command) setDeadline() *cobra.Command {
	var in time.Duration
	var at string
	var none bool
	cmd := &cobra.Command{
		Use:   "set-deadline REF|WORKFLOW-ID --in DURATION | --at TIME | --none",
		Short: "Change or lift the deadline of a wait",
		Example: `  awaitop set-deadline //spanner.googleapis.com/projects/p/instances/i/operations/o --in 2h
  awaitop set-deadline //spanner.googleapis.com/projects/p/instances/i/operations/o --none`,
		Args: exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if given := changed(cmd, "in", "at", "none"); len(given) != 1 {
				text := "no deadline"
				if len(given) > 1 {
					text = strings.Join(given, " and ") + " are given"
				}
				return usagef("%s: want one of --in, --at and --none; see `%s --help`", text, cmd.CommandPath())
			}
			input := workflows.SetDeadlineInput{None: none, In: lro.DurationOf(in)}
			if at != "" {
				when, err := time.Parse(time.RFC3339, at)
				if err != nil {
					return usagef("--at %q: want a time such as 2026-11-24T18:00:00Z", at)
				}
				input.Deadline = when
			}
			return c.steer(args[0], func(ctx context.Context, t *connected, id string) (workflows.WaitStatus, error) {
				return control.SetDeadline(ctx, t, id, input)
			}, deadlineText)(cmd.Context())
		},
	}
	cmd.Flags().DurationVar(&in, "in", 0, "`duration` from now, such as 2h")
	cmd.Flags().StringVar(&at, "at", "", "`time` in RFC 3339")
	cmd.Flags().BoolVar(&none, "none", false, "lift the deadline")
	return cmd
}

func deadlineText(status workflows.WaitStatus) string {
	if status.Deadline.IsZero() {
		return "there is no deadline any more"
	}
	return "the deadline is " + status.Deadline.Local().Format(time.RFC1123)
}

// changed are those of the named flags that are set, as they are written.
func changed(cmd *cobra.Command, names ...string) (set []string) {
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			set = append(set, "--"+name)
		}
	}
	return set
}
