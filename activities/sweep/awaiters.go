package sweep

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/converter"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
	"github.com/awaitop/awaitop/lro"
)

// waitBounds bound the look for waits under ids of their own.
var waitBounds = awaiters.Bounds{Listed: maxListed, Read: 10_000}

// waitFinder finds workflows that await operations whose owners do not run: an AwaitOperation by its id or its input, a
// RunOperation by its query, and a workflow that awaits inline by its search attribute. An inline wait without one is not
// found.
type waitFinder struct {
	*finder
	unattributed bool              // the namespace has no such search attribute
	running      map[string]string // the ids of the workflows by the marks' Awaiters
	cut          bool              // not all running waits could be looked through
	open         bool              // a run may await one of the operations
}

func (w *waitFinder) find(ctx context.Context, marks []orphans.Mark) error {
	var missing []orphans.Mark
	for _, mark := range marks {
		if mark.Awaiter == "" || w.found[mark.Key].Status == orphans.Running {
			continue
		}
		id, err := w.of(ctx, mark)
		switch {
		case err != nil:
			return err
		case id != "":
			w.running[mark.Awaiter] = id
		case !mark.Ref.IsZero():
			missing = append(missing, mark)
		}
	}
	return w.byInput(ctx, missing)
}

// of is the id of a running workflow that awaits the operation of a mark, "" if none is found.
func (w *waitFinder) of(ctx context.Context, mark orphans.Mark) (string, error) {
	one, err := w.describe(ctx, mark.Awaiter, "")
	if err != nil {
		return "", err
	}
	if one != nil && one.Status == orphans.Running {
		return mark.Awaiter, nil
	}
	if mark.Operation == "" || w.unattributed {
		return "", nil
	}
	page, err := w.list(ctx, "ExecutionStatus = 'Running' AND "+orphans.OperationAttribute+" = "+awaiters.Quoted(mark.Operation), nil)
	var invalid *serviceerror.InvalidArgument
	if errors.As(err, &invalid) {
		w.unattributed = true
		return "", nil
	}
	if err != nil || len(page.GetExecutions()) == 0 {
		return "", err
	}
	return page.GetExecutions()[0].GetExecution().GetWorkflowId(), nil
}

// byInput looks for the marks' awaiters through the running waits, once for all marks.
func (w *waitFinder) byInput(ctx context.Context, marks []orphans.Mark) error {
	if len(marks) == 0 {
		return nil
	}
	var refs []lro.Ref
	for _, mark := range marks {
		refs = append(refs, mark.Ref)
	}
	found, err := reader(w.server).Look(ctx, refs, waitBounds)
	w.cut, w.open = found.Cut, found.Open
	for _, mark := range marks {
		if waits := found.Waits[mark.Ref]; len(waits) > 0 {
			w.running[mark.Awaiter] = waits[0].GetExecution().GetWorkflowId()
		}
	}
	return err
}

// reader reads the inputs of workflows. An activity has no data converter, so inputs that a codec has encoded are asked
// for by query.
func reader(server server) awaiters.Reader {
	return awaiters.Reader{Server: server, Decode: converter.GetDefaultDataConverter(), Wait: func(ctx context.Context) error { return ctx.Err() }}
}
