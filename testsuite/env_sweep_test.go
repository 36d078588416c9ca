package testsuite_test

import (
	"testing"

	"github.com/awaitop/awaitop/activities/orphans"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// A sweep runs in the environment, which has no other workflows: what runs there is foreign.
func TestEnvSweep(t *testing.T) {
	t.Parallel()
	env := testsuite.NewEnv(t)
	env.Put("projects/p/instances/i", nil)
	env.Start("projects/p/instances/i/operations/o", testsuite.Script{End: testsuite.RunForever()})
	env.ExecuteWorkflow(workflows.SweepName, workflows.SweepInput{Parents: []string{"//spanner.googleapis.com/projects/p"}, Policy: orphans.Policy{Action: orphans.Cancel}})
	var report workflows.SweepReport
	if err := env.GetWorkflowResult(&report); err != nil || report.Counts != (workflows.SweepCounts{Foreign: 1}) || report.Acted != 0 {
		t.Errorf("%v: %+v", err, report)
	}
}
