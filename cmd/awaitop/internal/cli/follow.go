package cli

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/awaitop/awaitop/control"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/workflows"
)

const (
	// lookEvery is the interval between two descriptions of a wait.
	lookEvery = time.Second
	// drawEvery is the interval between two drawings of its progress.
	drawEvery = 200 * time.Millisecond
)

// waitEnd is how a wait ended.
type waitEnd struct {
	outcome lro.Outcome
	err     error
	earlier *earlierWait // which canceled the operation; nil if none is known
}

// follow shows the wait's progress until the wait ends or an interrupt detaches.
func (a *awaiting) follow(ctx context.Context, t *connected, ref lro.Ref, run *workflows.AwaitRun, interrupts <-chan os.Signal) error {
	// From here on interrupts come by the channel, not by ctx.
	uninterrupted, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	ends := make(chan waitEnd, 1)
	go func() {
		outcome, err := run.Get(uninterrupted)
		ends <- waitEnd{outcome, err, earlierCancel(uninterrupted, t, run, err)}
	}()
	statuses := make(chan *control.Status, 1)
	go a.describe(uninterrupted, t, run, statuses)
	notes := make(chan string, maxAdvice+1) // and one of a cancel
	progress := a.newProgress()
	draw := time.NewTicker(drawEvery)
	defer draw.Stop()
	var last *control.Wait
	canceling := false
	for {
		select {
		case end := <-ends:
			progress.end()
			return a.ended(ref, end)
		case status := <-statuses:
			a.noteQueue(run, status)
			if a.wantsAdvice(status) {
				go func() { a.advise(notes, t.stuckAdvice(uninterrupted, status)) }()
			}
			last = waitIn(status)
			a.noteWorker(status, progress)
			progress.show(last)
		case text := <-notes:
			progress.end()
			a.say("%s", text)
		case <-draw.C:
			progress.redraw(last)
		case <-interrupts:
			progress.end()
			if canceling || !a.mayCancel(run) {
				return a.detached(run)
			}
			canceling = true
			a.sayCanceling(run)
			go cancelNow(uninterrupted, t, run, notes)
		}
	}
}

// describe sends a status of the wait once a second until ctx is done, as long as there is something to show.
func (a *awaiting) describe(ctx context.Context, t *connected, run *workflows.AwaitRun, statuses chan<- *control.Status) {
	if run.ID == "" {
		return // the operation had ended, so that there is no workflow
	}
	options := t.look
	options.WithoutQuery = true
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if status, err := control.Describe(ctx, t, run.ID, options); err == nil && (len(status.Waits) > 0 || workerMissing(status)) {
			select {
			case statuses <- status:
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

// noteQueue says once that a wait that was running already is on another task queue than --task-queue names.
func (a *awaiting) noteQueue(run *workflows.AwaitRun, status *control.Status) {
	if run.Attached && a.isSet("task-queue") && !a.queueNoted && status.TaskQueue != a.taskQueue {
		a.say("  --task-queue %s changes nothing: the wait is on %s", a.taskQueue, status.TaskQueue)
	}
	a.queueNoted = true
}

// maxAdvice is how often advice is looked for: once for each key of awaiting.advised.
const maxAdvice = 2

// wantsAdvice reports whether advice is to be looked for: once if no worker takes the wait, and once if its tasks fail.
func (a *awaiting) wantsAdvice(status *control.Status) bool {
	fails := status.TaskFailures > 0
	if !workerMissing(status) || a.advised[fails] {
		return false
	}
	a.advised[fails] = true
	return true
}

// noteWorker says that the wait goes on after a line has said that no worker takes it.
func (a *awaiting) noteWorker(status *control.Status, shown progress) {
	missing := workerMissing(status)
	if a.workerMissed && !missing && a.output == "text" {
		shown.end()
		a.say("a worker has taken it: the wait goes on")
	}
	a.workerMissed = missing
}

// waitIn is the wait of an AwaitOperation's status. Without a wait it says that no worker has taken the workflow.
func waitIn(status *control.Status) *control.Wait {
	if len(status.Waits) > 0 {
		return &status.Waits[0]
	}
	return &control.Wait{
		WorkflowID: status.WorkflowID, RunID: status.RunID, StartTime: status.StartTime,
		Phase: workflows.PhaseAwaiting, Mode: control.ModeQueued, Message: missingText(status),
	}
}

// missingText says that no worker has taken the workflow. Unlike workerMissingText it does not change with the time.
func missingText(status *control.Status) string {
	if status.TaskFailures > 0 {
		return fmt.Sprintf("its workflow task fails or times out on task queue %s: see its worker's log", status.TaskQueue)
	}
	return "no worker has taken it from task queue " + status.TaskQueue
}

// advise notes what a person can do.
func (a *awaiting) advise(notes chan<- string, text string) {
	if text != "" && a.output == "text" {
		notes <- "  " + text
	}
}

// mayCancel reports whether an interrupt cancels the operation.
func (a *awaiting) mayCancel(run *workflows.AwaitRun) bool {
	if !a.cancelOnInterrupt {
		return false
	}
	if run.Attached && !a.force {
		a.say("not canceled: the wait was running already, and a cancel is everybody's; --force cancels it nevertheless")
		return false
	}
	return true
}

func (a *awaiting) sayCanceling(run *workflows.AwaitRun) {
	if a.output == "json" {
		_ = a.json(event{Event: "canceling", WorkflowID: run.ID, RunID: run.RunID})
	} else {
		a.say("canceling; the wait goes on until the operation ends, another interrupt detaches")
	}
}

// cancelNow cancels the operation, and notes why it could not.
func cancelNow(ctx context.Context, t *connected, run *workflows.AwaitRun, notes chan<- string) {
	if _, err := control.Cancel(ctx, t, run.ID, "interrupted"); err != nil && ctx.Err() == nil {
		notes <- fmt.Sprintf("the cancel failed: %v", err)
	}
}

func (a *awaiting) detached(run *workflows.AwaitRun) error {
	if a.output == "json" {
		_ = a.json(event{Event: "detached", WorkflowID: run.ID, RunID: run.RunID})
	} else {
		a.say("detached; the wait goes on. The same command attaches to it again, `awaitop cancel %s` cancels it", shownName(run.ID))
	}
	return exitError{status: ExitDetached}
}
