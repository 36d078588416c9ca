package plane_test

import (
	"testing"

	"go.temporal.io/sdk/worker"

	"github.com/awaitop/awaitop/examples/dataplane/plane"
	"github.com/awaitop/awaitop/examples/internal/replaytest"
)

// Histories of the data plane, recorded on a real server, replay with today's code. `make histories` records them.
func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	replaytest.Run(t, func(replayer worker.WorkflowReplayer) { plane.Register(replayer) })
}
