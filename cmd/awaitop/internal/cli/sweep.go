package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// sweeping is one run of `awaitop sweep`.
type sweeping struct {
	*command
	taskQueue string
	minAge    time.Duration
	lookBack  time.Duration
	input     workflows.SweepInput
}

func (c *command) sweep() *cobra.Command {
	s := &sweeping{command: c}
	cmd := &cobra.Command{
		Use:   "sweep PARENT...",
		Short: "Find what was left behind by workflows that did not undo, and cancel or adopt it",
		Long: `List the operations and the labeled resources below each PARENT, and report what bears a key of awaitop and has no
live workflow: its workflow has failed, was canceled or terminated, or has timed out. Report as well what a wait has left
that was terminated without a cancel of its operation, such as the child of a parent that closed. A worker does the work,
in the workflow ` + workflows.SweepName + `.

PARENT is the full name of a resource that has operations, or resources with labels, directly below it, such as
//spanner.googleapis.com/projects/p or //alloydb.googleapis.com/projects/p/locations/l. Without the service it is one of
the worker's configuration's service, or of Spanner.

Without --action nothing is changed. --action cancel cancels the operations that are orphans or were left by a wait,
--action adopt awaits each in a workflow of its own. All else is reported only. No resource is ever deleted: the report
has the command for each.

An interrupt cancels the sweep.`,
		Example: `  awaitop sweep projects/p
  awaitop sweep projects/p --action cancel
  awaitop sweep //alloydb.googleapis.com/projects/p/locations/l -o json | jq '.findings[] | .ref // .resource'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("no argument, want PARENT...; see `%s --help`", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&s.taskQueue, "task-queue", "t", "", "`NAME` of the task queue of the workers (default the configuration's, or "+serve.DefaultTaskQueue+")")
	flags.StringVar((*string)(&s.input.Action), "action", "", "`ACTION` on an operation that is an orphan or was left by a wait: report, adopt or cancel (default report)")
	flags.BoolVar(&s.input.IncludeUnknown, "include-unknown", false, "act on operations with a key that no workflow of the namespace has, too: only if no other namespace works below the parents (default: report them)")
	flags.DurationVar(&s.minAge, "min-age", 0, "act once the workflow or the wait has been closed for `DURATION` (default 10m)")
	flags.DurationVar(&s.lookBack, "look-back", 0, "look at waits that were terminated at most `DURATION` ago (default 24h)")
	flags.IntVar(&s.input.MaxFindings, "max-findings", 0, fmt.Sprintf("`NUMBER` of findings to report, at most 1000; all are counted (default %d)", workflows.DefaultMaxFindings))
	c.addNaming(flags)
	_ = cmd.RegisterFlagCompletionFunc("action", oneOf(string(orphans.Report), string(orphans.Adopt), string(orphans.Cancel))) // the flag is there
	return cmd
}

func (s *sweeping) run(ctx context.Context, arguments []string) error {
	s.input.MinAge, s.input.LookBack = lro.DurationOf(s.minAge), lro.DurationOf(s.lookBack)
	for _, argument := range arguments {
		parent, err := s.fullName(argument, func(full string) error {
			return workflows.ValidateSweep(workflows.SweepInput{Parents: []string{full}})
		})
		if err != nil {
			return err
		}
		s.input.Parents = append(s.input.Parents, parent)
	}
	if err := workflows.ValidateSweep(s.input); err != nil {
		return err
	}
	if err := s.chooseQueue(&s.taskQueue); err != nil {
		return err
	}
	t, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	needs := []queueNeed{{s.taskQueue, workflowTasks, "-t"}, {s.taskQueue, activityTasks, "-t"}}
	if err := s.ensurePolled(ctx, t, needs, func() bool { return false }); err != nil {
		return err
	}
	report, err := s.sweepOnce(ctx, t)
	if err != nil {
		return err
	}
	return s.reportSweep(report)
}

// sweepOnce runs the workflow to its end. An interrupt cancels it.
func (s *sweeping) sweepOnce(ctx context.Context, t *connected) (report workflows.SweepReport, err error) {
	run, err := t.ExecuteWorkflow(ctx, client.StartWorkflowOptions{TaskQueue: s.taskQueue, StaticSummary: "awaitop sweep"}, workflows.SweepName, s.input)
	if err != nil {
		return report, err
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Get(ctx, &report) }()
	shown := s.progressOfSweep()
	defer shown.end()
	draw, ask := time.NewTicker(drawEvery), time.NewTicker(lookEvery)
	defer draw.Stop()
	defer ask.Stop()
	last := &control.Wait{Message: "sweeping"}
	for {
		select {
		case err := <-ended:
			if ctx.Err() != nil {
				s.cancelSweep(ctx, t, run)
				return report, ctx.Err()
			}
			return report, err
		case <-ask.C:
			last = s.sweptSoFar(ctx, t, run, last)
		case <-draw.C:
			shown.redraw(last)
		}
	}
}

// progressOfSweep shows nothing but on a terminal.
func (s *sweeping) progressOfSweep() progress {
	if s.output == "text" && s.Terminal {
		return newBar(s.IO)
	}
	return noProgress{}
}

type noProgress struct{}

func (noProgress) show(*control.Wait)   {}
func (noProgress) redraw(*control.Wait) {}
func (noProgress) end()                 {}

// sweptSoFar is how far the sweep is, or before if no worker answers.
func (s *sweeping) sweptSoFar(ctx context.Context, t *connected, run client.WorkflowRun, before *control.Wait) *control.Wait {
	if !s.Terminal {
		return before
	}
	ctx, cancel := context.WithTimeout(ctx, lookEvery)
	defer cancel()
	value, err := t.QueryWorkflow(ctx, run.GetID(), "", workflows.SweepQuery)
	var report workflows.SweepReport
	if err != nil || value.Get(&report) != nil {
		return before
	}
	return &control.Wait{Message: "sweeping: " + seenText(report)}
}

// cancelSweep cancels the workflow after an interrupt.
func (s *sweeping) cancelSweep(ctx context.Context, t *connected, run client.WorkflowRun) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dialTimeout)
	defer cancel()
	if err := t.CancelWorkflow(ctx, run.GetID(), ""); err != nil {
		s.say("awaitop: the sweep goes on: %v; `temporal workflow cancel --workflow-id %s` cancels it", err, run.GetID())
	}
}
