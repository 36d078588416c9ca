package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

// awaiting is one run of `awaitop await`.
type awaiting struct {
	*command
	taskQueue         string
	options           workflows.AwaitOptions
	cancelOnInterrupt bool
	force             bool
	detach            bool
	withoutWorker     bool
	isSet             func(flag string) bool // whether the command line has the flag
	queueNoted        bool
	advised           map[bool]bool // whether advice was looked for, by whether the wait's tasks fail
	workerMissed      bool          // a line has said that no worker takes the wait
}

// event is one line of `awaitop await -o json`.
type event struct {
	// Event is started, attached, progress, canceling, detached or ended.
	Event      string `json:"event"`
	WorkflowID string `json:"workflowId,omitempty"`
	RunID      string `json:"runId,omitempty"`
	// Differences are the options in which a running wait differs from the command line.
	Differences []workflows.Difference `json:"differences,omitempty"`
	// DifferencesUnknown is why Differences could not be read.
	DifferencesUnknown string           `json:"differencesUnknown,omitempty"`
	Wait               *control.Wait    `json:"wait,omitempty"`
	Outcome            *lro.Outcome     `json:"outcome,omitempty"`
	Failure            *control.Failure `json:"failure,omitempty"`
	// CanceledBy is the earlier wait that canceled the operation. nil if this wait did, or if none is known.
	CanceledBy *earlierWait `json:"canceledBy,omitempty"`
}

func (c *command) await() *cobra.Command {
	a := &awaiting{command: c, advised: map[bool]bool{}}
	cmd := &cobra.Command{
		Use:   "await REF",
		Short: "Await an operation, and show its progress",
		Long: `Await an operation in a workflow of its own, and show its progress until it ends. If a workflow awaits the
operation already, attach to that wait.

An interrupt (Ctrl-C) detaches: the wait goes on, and the same command attaches to it again. With
--cancel-on-interrupt the first interrupt cancels the operation, and the command awaits its end. A second
interrupt detaches.

` + exitHelp(func(m exitMeaning) string { return m.await }),
		Example: `  awaitop await //spanner.googleapis.com/projects/p/instances/i/operations/o
  awaitop await projects/p/instances/i/operations/o   # of Spanner, or of the configuration's service
  awaitop await REF --timeout 1h --deadline-policy cancel
  awaitop await REF --cancel-on-interrupt
  awaitop await REF -o json | jq -r 'select(.event == "ended") | .outcome.operation.response'`,
		Args: exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.isSet = cmd.Flags().Changed
			return a.run(cmd.Context(), args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&a.taskQueue, "task-queue", "t", "", "`NAME` of the task queue of the workers (default the configuration's, or "+serve.DefaultTaskQueue+")")
	flags.DurationVar(&a.options.Timeout, "timeout", 0, "the wait ends after `DURATION`, such as 90m (default: no deadline)")
	flags.StringVar((*string)(&a.options.DeadlinePolicy), "deadline-policy", "", "`POLICY` for the operation at the deadline: leaveRunning or cancel (default leaveRunning)")
	flags.DurationVar(&a.options.CancelGrace, "cancel-grace", 0, "`DURATION` that a cancel may take to be delivered, and again to be confirmed (default 10m)")
	flags.DurationVar(&a.options.ProgressInterval, "progress-interval", 0, "show progress in the Web UI each `DURATION`; each time takes six history events (default: never)")
	flags.BoolVar(&a.options.SearchAttributes, "search-attributes", false, "set the search attributes AwaitopOperation, AwaitopState and AwaitopPercent, which the namespace must have (default: set none)")
	flags.BoolVar(&a.options.FailWhenCanceled, "fail-when-canceled", false, "a canceled wait's workflow fails with OperationCanceled (default: it closes as canceled)")
	flags.BoolVar(&a.options.DeleteWhenDone, "delete-when-done", false, "delete the operation's record once the operation has ended (default: keep it)")
	flags.BoolVar(&a.cancelOnInterrupt, "cancel-on-interrupt", false, "cancel the operation on an interrupt (default: detach)")
	flags.BoolVar(&a.force, "force", false, "with --cancel-on-interrupt: also cancel a wait that another command started (default: detach from it)")
	flags.BoolVar(&a.detach, "detach", false, "start the wait, and return at once (default: follow it to its end)")
	flags.BoolVar(&a.withoutWorker, "without-worker", false, "start the wait even if no worker polls its task queue (default: refuse)")
	a.addGraces(flags)
	_ = cmd.RegisterFlagCompletionFunc("deadline-policy", oneOf(string(workflows.LeaveRunning), string(workflows.CancelOnDeadline))) // the flag is there
	addPolicy(flags, &a.options.Policy, "default ")
	return cmd
}

func (a *awaiting) run(ctx context.Context, argument string) error {
	ref, err := a.ref(argument)
	if err != nil {
		return err
	}
	if a.force && !a.cancelOnInterrupt {
		return usagef("--force without --cancel-on-interrupt has no effect: add --cancel-on-interrupt")
	}
	if err := a.chooseQueue(&a.taskQueue); err != nil {
		return err
	}
	if err := workflows.ValidateAwait(ref, a.options); err != nil {
		return err
	}
	t, err := a.dialReading(ctx, context.WithoutCancel(ctx)) // the outcome is read after an interrupt too
	if err != nil {
		return err
	}
	defer t.Close()
	if !a.withoutWorker {
		if err := a.ensureServed(ctx, t, ref); err != nil {
			return err
		}
	}
	// The command listens before ctx ends by an interrupt, so that it misses none between the two.
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	before := endedBefore(ctx, t, ref)
	run, err := workflows.Start(ctx, t, a.taskQueue, ref, a.options)
	if err != nil {
		return err
	}
	if err := a.reportStart(run, before); err != nil || a.detach {
		return err
	}
	if len(interrupts) > 0 { // it came during the start
		return a.detached(run)
	}
	return a.follow(ctx, t, ref, run, interrupts)
}
