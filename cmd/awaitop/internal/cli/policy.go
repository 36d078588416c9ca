package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.temporal.io/api/serviceerror"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

func (c *command) setPolicy() *cobra.Command {
	var defaults bool
	cmd := &cobra.Command{
		Use:   "set-policy REF|WORKFLOW-ID",
		Short: "Change how often a wait reads its operation",
		Long: `Change how often a wait reads its operation. The wait reads it now, and then by the new policy. A field without a
flag keeps its value. With --defaults it gets its default.`,
		Example: `  awaitop set-policy //spanner.googleapis.com/projects/p/instances/i/operations/o --maximum-interval 5m --maximum-estimate 5m`,
		Args:    exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, n, _ := patch(lro.PollPolicy{}, cmd.Flags()); n == 0 && !defaults {
				return usagef("nothing to change: want --maximum-interval or the like; see `%s --help`", cmd.CommandPath())
			}
			send := func(ctx context.Context, t *connected, id string) (workflows.WaitStatus, error) {
				var policy lro.PollPolicy
				var err error
				if !defaults {
					policy, err = runningPolicy(ctx, t, id)
				}
				if err == nil {
					policy, _, err = patch(policy, cmd.Flags())
				}
				if err != nil {
					return workflows.WaitStatus{}, err
				}
				return control.SetPolicy(ctx, t, id, policy)
			}
			return c.steer(cmd.Context(), args[0], send, policyText)
		},
	}
	addPolicy(cmd.Flags(), &lro.PollPolicy{}, "default: unchanged; with --defaults ") // patch reads the flags
	cmd.Flags().BoolVar(&defaults, "defaults", false, "set each field without a flag to its default (default: keep its value)")
	return cmd
}

// addPolicy adds the flags of a poll policy. Their defaults are its fields. In the help texts, the words unset stand before
// the value that a zero field gets.
func addPolicy(flags *pflag.FlagSet, policy *lro.PollPolicy, unset string) {
	flags.DurationVar(&policy.InitialInterval, "initial-interval", policy.InitialInterval, "`DURATION` from the first to the second read ("+unset+"1s, or the usual time of the operation's method)")
	flags.Float64Var(&policy.Coefficient, "coefficient", policy.Coefficient, "`RATIO` of each interval to the one before ("+unset+"1.3)")
	flags.DurationVar(&policy.MaximumInterval, "maximum-interval", policy.MaximumInterval, "longest `DURATION` between two reads, without a percentage ("+unset+"30s)")
	flags.DurationVar(&policy.MaximumEstimate, "maximum-estimate", policy.MaximumEstimate, "longest `DURATION` between two reads, with a percentage ("+unset+"that of --maximum-interval, or 5m)")
	flags.DurationVar(&policy.YieldInterval, "yield-interval", policy.YieldInterval, "intervals of at least `DURATION` are waited out by the Temporal server, not by a worker ("+unset+"1m)")
	flags.BoolVar(&policy.IgnoreProgress, "ignore-progress", policy.IgnoreProgress, "ignore the operation's percentage ("+unset+"false)")
}

// runningPolicy is the policy of a running wait.
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

// patch sets the n fields of a policy that the command line has flags for.
func patch(policy lro.PollPolicy, line *pflag.FlagSet) (_ lro.PollPolicy, n int, err error) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	addPolicy(flags, &policy, "")
	line.Visit(func(f *pflag.Flag) {
		if flags.Lookup(f.Name) != nil {
			n++
			err = errors.Join(err, flags.Set(f.Name, f.Value.String()))
		}
	})
	return policy, n, err
}

// policyText is the policy of a wait in words.
func policyText(status workflows.WaitStatus) string {
	p := status.Input.Policy
	initial := "by the operation's method"
	if p.InitialInterval > 0 {
		initial = p.InitialInterval.String()
	}
	estimate := ", progress ignored"
	if !p.IgnoreProgress {
		estimate = fmt.Sprintf(", maximum estimate %s", p.MaximumEstimate)
	}
	return fmt.Sprintf("initial interval %s, coefficient %g, maximum interval %s%s, yields from %s on",
		initial, p.Coefficient, p.MaximumInterval, estimate, p.YieldInterval)
}
