package google_test

import (
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A run that holds ends with its result before a timeout of its own workflow, and says when. When its caller began does
// not count for that.
func TestHoldEndsBeforeItsWorkflow(t *testing.T) {
	t.Parallel()
	c := classes["requestId and label"]
	rows := map[string]struct {
		reason  string
		options client.StartWorkflowOptions
		more    map[string]any
		want    time.Duration // after the workflow's start
	}{
		"no timeout": {"the hold is as long as asked for", client.StartWorkflowOptions{}, nil, 5*time.Minute + 2*time.Hour},
		"run":        {"the default margin", client.StartWorkflowOptions{WorkflowRunTimeout: time.Hour}, nil, 54 * time.Minute},
		"execution":  {"the default margin", client.StartWorkflowOptions{WorkflowExecutionTimeout: time.Hour}, nil, 54 * time.Minute},
		"margin":     {"the caller's", client.StartWorkflowOptions{WorkflowRunTimeout: time.Hour}, map[string]any{"endMargin": "20m"}, 40 * time.Minute},
		"an old caller": {"the timeout is the run's own", client.StartWorkflowOptions{WorkflowExecutionTimeout: time.Hour},
			map[string]any{"key": "order 7", "since": "2020-01-02T03:04:05Z"}, 54 * time.Minute},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := c.env(t, testsuite.Script{RunsFor: 5 * time.Minute})
			row.options.ID = "w"
			env.SetStartWorkflowOptions(row.options)
			began := env.Now()
			var held workflows.RunStatus
			env.RegisterDelayedCallback(func() {
				answer, err := env.QueryWorkflow(workflows.RunQuery)
				if err == nil {
					err = answer.Get(&held)
				}
				if err != nil {
					t.Error(err)
				}
			}, 20*time.Minute)
			more := map[string]any{"holdFor": "2h", "step": "it"}
			for field, value := range row.more {
				more[field] = value
			}
			env.ExecuteWorkflow(workflows.RunOperationName, c.input(more))
			if err := env.GetWorkflowError(); err != nil || !env.Exists(c.target) {
				t.Fatalf("%s: %v, exists: %t", row.reason, err, env.Exists(c.target))
			}
			until := held.HoldUntil.Sub(began)
			if held.Phase != workflows.RunHolding || held.Step != "it" || (until-row.want).Abs() > time.Minute {
				t.Errorf("%s: %+v, until %s after the start, want about %s", row.reason, held, until, row.want)
			}
			if took := env.Now().Sub(began); (took - until).Abs() > time.Minute {
				t.Errorf("%s: it ended after %s, the query said %s", row.reason, took, until)
			}
		})
	}
}
