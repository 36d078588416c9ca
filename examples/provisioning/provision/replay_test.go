package provision_test

import (
	"testing"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/examples/internal/replaytest"
	"github.com/awaitop/awaitop/examples/provisioning/provision"
)

// Histories of provisioning, recorded on a real server, replay with today's code.
// `make histories` records them.
func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	replaytest.Run(t, func(replayer worker.WorkflowReplayer) {
		replayer.RegisterWorkflowWithOptions(provision.Workflow, workflow.RegisterOptions{Name: provision.Name})
	})
}
