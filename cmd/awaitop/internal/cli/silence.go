package cli

import (
	"context"
	"fmt"

	"github.com/awaitop/awaitop/control"
)

// silence is what is known of a wait whose workflow does not answer.
type silence struct {
	workflowID string
	queue      string // "" if it is not known
	workers    int
	served     []polledQueue // other queues on which awaitop is served
}

// silence looks for the reason why a wait does not answer.
func (t *connected) silence(ctx context.Context, workflowID string) silence {
	ctx, cancel := context.WithTimeout(ctx, pollerPatience)
	defer cancel()
	s := silence{workflowID: workflowID}
	status, err := control.Describe(ctx, t, workflowID, control.Options{WithoutQuery: true})
	if err != nil {
		return s
	}
	n, err := t.pollers(ctx, queueNeed{queue: status.TaskQueue, tasks: workflowTasks})
	if err != nil {
		return s
	}
	s.queue, s.workers = status.TaskQueue, n
	if n == 0 {
		s.served = elsewhere(s.queue, t.served(ctx))
	}
	return s
}

// String says why the wait may not answer.
func (s silence) String() string {
	switch {
	case s.queue == "":
		return fmt.Sprintf("is there a worker? `awaitop describe %s` tells", shownName(s.workflowID))
	case s.workers > 0:
		return fmt.Sprintf("its task queue has workers: %s. They may be busy, or another program's", polledQueue{s.queue, s.workers})
	case len(s.served) > 0:
		return fmt.Sprintf("no worker polls its task queue %s; awaitop is served on %s", s.queue, queueList(s.served))
	default:
		return fmt.Sprintf("no worker polls its task queue %s", s.queue)
	}
}

// remedy says what to do.
func (s silence) remedy() string {
	switch {
	case s.queue == "":
		return "start a worker with `awaitop worker`, on the task queue of the wait"
	case s.workers > 0:
		return fmt.Sprintf("see the log of a worker of task queue %s, and `awaitop describe %s`", s.queue, shownName(s.workflowID))
	default:
		return fmt.Sprintf("start a worker with `awaitop worker -t %s`, or end the wait without a cancel: `%s`",
			shellQuoted(s.queue), terminateCommand(s.workflowID))
	}
}

// silentError is the error of an update that no worker has answered.
type silentError struct {
	error
	silence
}

func (e silentError) Error() string { return e.error.Error() + ": " + e.String() }

func (e silentError) Unwrap() error { return e.error }
