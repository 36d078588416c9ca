package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/temporal"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// lookEvery is how often a wait that is followed is looked at.
	lookEvery = time.Second
	// spinEvery is how often its progress is drawn.
	spinEvery = 200 * time.Millisecond
)

// awaiting is an `awaitop await`.
type awaiting struct {
	*command
	taskQueue         string
	options           workflows.AwaitOptions
	cancelOnInterrupt bool
	force             bool
	detach            bool
	given             func(flag string) bool // whether a flag was
	queueNoted        bool
}

// event is one line of `awaitop await -o json`.
type event struct {
	// Event is started, attached, progress, canceling, detached or ended.
	Event      string `json:"event"`
	WorkflowID string `json:"workflowId,omitempty"`
	RunID      string `json:"runId,omitempty"`
	// Differences are the options in which the wait attached to differs.
	Differences []workflows.Difference `json:"differences,omitempty"`
	// DifferencesUnknown is why they could not be asked for.
	DifferencesUnknown string           `json:"differencesUnknown,omitempty"`
	Wait               *control.Wait    `json:"wait,omitempty"`
	Outcome            *lro.Outcome     `json:"outcome,omitempty"`
	Failure            *control.Failure `json:"failure,omitempty"`
}

func (c *command) await() *cobra.Command {
	a := &awaiting{command: c}
	cmd := &cobra.Command{
		Use:   "await REF",
		Short: "Await an operation, and show its progress",
		Long: `Await an operation in a workflow of its own, or attach to the one that already does, and
show its progress until it ends. The exit status says how it ended.

An interrupt (Ctrl-C) detaches: the wait goes on, and the same command comes back to it.
With --cancel-on-interrupt it cancels the operation, and what becomes of that is awaited;
a second interrupt detaches.

` + exitHelp(func(m exitMeaning) string { return m.await }),
		Example: `  awaitop await //spanner.googleapis.com/projects/p/instances/i/operations/o
  awaitop await REF --timeout 1h --deadline-policy cancel
  awaitop await REF --cancel-on-interrupt
  awaitop await REF -o json | jq -r 'select(.event == "ended") | .outcome.operation.response'`,
		Args: exactly("REF"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.given = cmd.Flags().Changed
			return a.run(cmd.Context(), args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&a.taskQueue, "task-queue", "t", serve.DefaultTaskQueue, "`name` of the task queue that a worker serves")
	flags.DurationVar(&a.options.Timeout, "timeout", 0, "`duration` after which the wait ends (default never); the last read is made a second before")
	flags.StringVar((*string)(&a.options.DeadlinePolicy), "deadline-policy", "", "what happens to the operation then: leaveRunning (default) or `cancel`")
	flags.DurationVar(&a.options.CancelGrace, "cancel-grace", 0, "how `long` a cancel may take to be delivered, and again to be confirmed (default 10m)")
	flags.DurationVar(&a.options.ProgressInterval, "progress-interval", 0, "how `often` the workflow itself is told the progress, for the Web UI; six history events each (default never)")
	flags.BoolVar(&a.options.SearchAttributes, "search-attributes", false, "carry AwaitopOperation and the like; the namespace has to have them")
	flags.BoolVar(&a.options.DeleteWhenDone, "delete-when-done", false, "delete the operation's record once it has ended")
	flags.BoolVar(&a.cancelOnInterrupt, "cancel-on-interrupt", false, "cancel the operation on an interrupt")
	flags.BoolVar(&a.force, "force", false, "with --cancel-on-interrupt: even a wait that others had started")
	flags.BoolVar(&a.detach, "detach", false, "start the wait, and do not follow it")
	_ = cmd.RegisterFlagCompletionFunc("deadline-policy", oneOf(string(workflows.LeaveRunning), string(workflows.CancelOnDeadline))) // the flag is there
	addPolicy(flags, &a.options.Policy)
	return cmd
}

func (a *awaiting) run(ctx context.Context, argument string) error {
	ref, err := lro.ParseRef(argument)
	if err != nil {
		return err
	}
	if a.force && !a.cancelOnInterrupt {
		return usagef("--force goes with --cancel-on-interrupt")
	}
	t, err := a.dialReading(ctx, context.WithoutCancel(ctx)) // what becomes of an interrupt is read
	if err != nil {
		return err
	}
	defer t.Close()
	// Before ctx ends by an interrupt, so that none is missed between the two.
	interrupts := make(chan os.Signal, 2)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	run, err := workflows.Start(ctx, t, a.taskQueue, ref, a.options)
	if err != nil {
		return err
	}
	if err := a.begun(run); err != nil || a.detach {
		return err
	}
	if len(interrupts) > 0 { // while it was begun
		return a.detached(run)
	}
	return a.follow(ctx, t, ref, run, interrupts)
}

// begun says whether the wait is new, and if not how it differs.
func (a *awaiting) begun(run *workflows.AwaitRun) error {
	if a.output == "json" {
		kind := "started"
		if run.Attached {
			kind = "attached"
		}
		started := event{Event: kind, WorkflowID: run.ID, RunID: run.RunID, Differences: run.Differences}
		if run.DifferencesUnknown != nil {
			started.DifferencesUnknown = run.DifferencesUnknown.Error()
		}
		return a.json(started)
	}
	if !run.Attached {
		a.say("started %s", run.ID)
		return nil
	}
	a.say("attached to %s, which somebody had started", run.ID)
	for _, d := range run.Differences {
		a.differs(d)
	}
	if run.DifferencesUnknown != nil {
		a.say("  its options are not known: no worker has told them")
	}
	return nil
}

// ended is how a wait ended.
type ended struct {
	outcome lro.Outcome
	err     error
}

// follow shows the wait's progress until it ends or the command is interrupted.
func (a *awaiting) follow(ctx context.Context, t *connected, ref lro.Ref, run *workflows.AwaitRun, interrupts <-chan os.Signal) error {
	// Interrupts are the command's own from here on.
	free, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	end := make(chan ended, 1)
	go func() {
		outcome, err := run.Get(free)
		end <- ended{outcome, err}
	}()
	seen := make(chan *control.Status, 1)
	go a.look(free, t, run, seen)
	shown := a.newProgress()
	ticker := time.NewTicker(spinEvery)
	defer ticker.Stop()
	var last *control.Wait
	canceling := false
	for {
		select {
		case e := <-end:
			shown.end()
			return a.ended(ref, e)
		case status := <-seen:
			a.noteQueue(run, status)
			last = waitIn(status)
			shown.show(last)
		case <-ticker.C:
			if _, drawn := shown.(*bar); drawn {
				shown.show(last)
			}
		case <-interrupts:
			shown.end()
			if canceling || !a.mayCancel(run) {
				return a.detached(run)
			}
			canceling = true
			go a.cancelNow(free, t, run)
		}
	}
}

// look looks at the wait every so often.
func (a *awaiting) look(ctx context.Context, t *connected, run *workflows.AwaitRun, seen chan<- *control.Status) {
	if run.ID == "" {
		return // it needed no workflow
	}
	look := t.look
	look.WithoutQuery = true
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if status, err := control.Describe(ctx, t, run.ID, look); err == nil && (len(status.Waits) > 0 || workerMissing(status)) {
			select {
			case seen <- status:
			case <-ctx.Done():
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// noteQueue says once that a wait attached to is on another task queue than asked for.
func (a *awaiting) noteQueue(run *workflows.AwaitRun, status *control.Status) {
	if run.Attached && a.given("task-queue") && !a.queueNoted && status.TaskQueue != a.taskQueue {
		a.say("  --task-queue %s changes nothing: it is on %s", a.taskQueue, status.TaskQueue)
	}
	a.queueNoted = true
}

// waitIn is the wait to show of an AwaitOperation.
func waitIn(status *control.Status) *control.Wait {
	if len(status.Waits) > 0 {
		return &status.Waits[0]
	}
	return &control.Wait{
		WorkflowID: status.WorkflowID, RunID: status.RunID, StartTime: status.StartTime,
		Phase: workflows.PhaseAwaiting, Mode: control.ModeQueued, Message: workerMissingText(status),
	}
}

// mayCancel reports whether an interrupt is to cancel the operation.
func (a *awaiting) mayCancel(run *workflows.AwaitRun) bool {
	if !a.cancelOnInterrupt {
		return false
	}
	if run.Attached && !a.force {
		a.say("not canceled: others had started this wait, and a cancel is everybody's; --force cancels it all the same")
		return false
	}
	return true
}

func (a *awaiting) cancelNow(ctx context.Context, t *connected, run *workflows.AwaitRun) {
	if a.output == "json" {
		_ = a.json(event{Event: "canceling", WorkflowID: run.ID, RunID: run.RunID})
	} else {
		a.say("canceling; what becomes of it is awaited, another interrupt detaches")
	}
	if _, err := control.Cancel(ctx, t, run.ID, "interrupted"); err != nil && ctx.Err() == nil {
		a.say("the cancel was not taken: %v", err)
	}
}

func (a *awaiting) detached(run *workflows.AwaitRun) error {
	if a.output == "json" {
		_ = a.json(event{Event: "detached", WorkflowID: run.ID, RunID: run.RunID})
	} else {
		a.say("detached; the wait goes on. The same command comes back to it, `awaitop cancel %s` cancels it", run.ID)
	}
	return exitError{status: ExitDetached}
}

// ended says how the wait ended.
func (a *awaiting) ended(ref lro.Ref, e ended) error {
	status := statusFor(e.err, e.outcome)
	if e.outcome.Ref.IsZero() { // its workflow did not end by itself
		e.outcome.Ref = ref
	}
	if a.output == "json" {
		last := event{Event: "ended", Outcome: &e.outcome, Failure: control.FailureOf(e.err)}
		if err := a.json(last); err != nil || status == ExitOK {
			return err
		}
		return exitError{status: status}
	}
	if e.err == nil {
		a.say("succeeded after %s%s", short(e.outcome.Duration()), inSpite(e.outcome))
		if response := e.outcome.Operation.Response; len(response) > 0 {
			return a.print(document(response))
		}
		return nil
	}
	switch {
	case temporal.IsCanceledError(e.err):
		return exitError{status, fmt.Errorf("%s: %s", ref, canceledOutcome(e.outcome))}
	case status == ExitCanceled:
		return exitError{status, fmt.Errorf("%s: the operation was canceled, and not by its wait: %s", ref, e.outcome.Operation.Error)}
	}
	if failure, ok := lro.AsFailure(e.err); ok && failure.Type == lro.TypeInvalidInput {
		a.say("the worker refused it: what it serves is in its configuration, services and allowedPrefixes")
	}
	return exitError{status, errors.New(control.FailureOf(e.err).Message)}
}

// inSpite is said of a success that nobody wanted any more.
func inSpite(o lro.Outcome) string {
	if o.Cancellation == "" {
		return ""
	}
	return fmt.Sprintf(", in spite of the cancel (%s)", o.Cancellation)
}

// canceledOutcome says what became of the operation of a canceled wait.
func canceledOutcome(o lro.Outcome) string {
	if o.State() == lro.StateCanceled && (o.Cancellation == lro.CancellationUndelivered || o.Cancellation == lro.CancellationUnsupported) {
		return fmt.Sprintf("the operation was canceled, and not by its wait, whose cancel was %s%s", o.Cancellation, because(o.CancelStatus))
	}
	switch o.Cancellation {
	case lro.CancellationAbandoned:
		return "its wait was abandoned, and the operation left running"
	case lro.CancellationCanceled:
		return "the operation was canceled"
	case lro.CancellationUnsupported:
		return "the service cannot cancel the operation, which ran on when the wait ended (unsupported)"
	case lro.CancellationUndelivered:
		return fmt.Sprintf("the operation's cancel was refused or did not arrive, and it ran on when the wait ended (undelivered%s)", because(o.CancelStatus))
	case lro.CancellationUnconfirmed:
		return "the operation was or may have been sent a cancel, and still ran when the wait ended (unconfirmed)"
	default:
		return fmt.Sprintf("the wait was canceled (%s)", o.Cancellation)
	}
}

func because(status *lro.Status) string {
	if status == nil {
		return ""
	}
	return ": " + status.String()
}
