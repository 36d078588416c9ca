package sweep

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/internal/awaiters"
)

// waitFinder finds workflows that await operations whose owners do not run: an AwaitOperation by its id, and a
// workflow that awaits inline by its search attribute. An inline wait without one is not found.
type waitFinder struct {
	*finder
	unattributed bool // the namespace has no such search attribute
}

// find returns the ids of the workflows by the marks' Awaiters.
func (a *waitFinder) find(ctx context.Context, marks []orphans.Mark) (map[string]string, error) {
	running := map[string]string{}
	for _, mark := range marks {
		if mark.Awaiter == "" || a.found[mark.Key].Status == orphans.Running {
			continue
		}
		id, err := a.of(ctx, mark)
		if err != nil {
			return nil, err
		}
		if id != "" {
			running[mark.Awaiter] = id
		}
	}
	return running, nil
}

// of is the id of a running workflow that awaits the operation of a mark, "" if none is found.
func (a *waitFinder) of(ctx context.Context, mark orphans.Mark) (string, error) {
	one, err := a.describe(ctx, mark.Awaiter, "")
	if err != nil {
		return "", err
	}
	if one != nil && one.Status == orphans.Running {
		return mark.Awaiter, nil
	}
	if mark.Operation == "" || a.unattributed {
		return "", nil
	}
	page, err := a.list(ctx, "ExecutionStatus = 'Running' AND "+orphans.OperationAttribute+" = "+awaiters.Quoted(mark.Operation), nil)
	var invalid *serviceerror.InvalidArgument
	if errors.As(err, &invalid) {
		a.unattributed = true
		return "", nil
	}
	if err != nil || len(page.GetExecutions()) == 0 {
		return "", err
	}
	return page.GetExecutions()[0].GetExecution().GetWorkflowId(), nil
}
