package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

func (c *command) setDeadline() *cobra.Command {
	var in time.Duration
	var at string
	var none bool
	cmd := &cobra.Command{
		Use:   "set-deadline REF|WORKFLOW-ID {--in DURATION | --at TIME | --none}",
		Short: "Change or remove the deadline of a wait",
		Example: `  awaitop set-deadline //spanner.googleapis.com/projects/p/instances/i/operations/o --in 2h
  awaitop set-deadline //spanner.googleapis.com/projects/p/instances/i/operations/o --none`,
		DisableFlagsInUseLine: true,
		Args:                  exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := exactlyOneOf(cmd, "in", "at", "none"); err != nil {
				return err
			}
			input := workflows.SetDeadlineInput{None: none, In: lro.DurationOf(in)}
			if at != "" {
				deadline, err := time.Parse(time.RFC3339, at)
				if err != nil {
					return usagef("--at %q: want a time such as 2026-11-24T18:00:00Z", at)
				}
				input.Deadline = deadline
			}
			send := func(ctx context.Context, t *connected, id string) (workflows.WaitStatus, error) {
				return control.SetDeadline(ctx, t, id, input)
			}
			return c.steer(cmd.Context(), args[0], send, deadlineText)
		},
	}
	cmd.Flags().DurationVar(&in, "in", 0, "the deadline is `DURATION` from now, such as 2h (or --at, or --none)")
	cmd.Flags().StringVar(&at, "at", "", "the deadline is `TIME`, in RFC 3339, such as 2026-11-24T18:00:00Z (or --in, or --none)")
	cmd.Flags().BoolVar(&none, "none", false, "the wait has no deadline (or --in, or --at)")
	return cmd
}

// exactlyOneOf refuses a command line that has not one of the named flags, or several.
func exactlyOneOf(cmd *cobra.Command, names ...string) error {
	var set, all []string
	for _, name := range names {
		all = append(all, "--"+name)
		if cmd.Flags().Changed(name) {
			set = append(set, "--"+name)
		}
	}
	if len(set) == 1 {
		return nil
	}
	problem := "none of the flags is set"
	if len(set) > 1 {
		problem = strings.Join(set, " and ") + " exclude each other"
	}
	last := len(all) - 1
	return usagef("%s: want one of %s and %s; see `%s --help`", problem, strings.Join(all[:last], ", "), all[last], cmd.CommandPath())
}

func deadlineText(status workflows.WaitStatus) string {
	if status.Deadline.IsZero() {
		return "the wait has no deadline"
	}
	return "the deadline is " + status.Deadline.Local().Format(time.RFC1123)
}
